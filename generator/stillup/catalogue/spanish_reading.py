"""Spanish: the words of other ways to read the page: as text alone, as one file, and while it stays open."""

READING = {
    "lite.name": "Solo texto",
    "lite.all_updates": "Todas las novedades de este incidente",
    "lite.more.one": "{n} incidente abierto más en la página de estado completa",
    "lite.more.other": "{n} incidentes abiertos más en la página de estado completa",
    "lite.all_well.one": "El componente está operativo.",
    "lite.all_well.other": "Los {n} componentes están operativos.",
    "lite.others_well.one": "{n} componente más está operativo.",
    "lite.others_well.other": "Los otros {n} componentes están operativos.",
}
