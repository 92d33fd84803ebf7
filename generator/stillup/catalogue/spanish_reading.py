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
    "site.found": "{n} de {all} entradas de esta página",
    "site.by_month_key": "Un mes por encima de la línea perdió tiempo por fallos; el más alto, el que más.",
    "live.own": "{time} en su hora",
    "live.news": "Actualizado a las {time}.",
    "live.lost": "Sin contacto con el servidor de esta página desde las {time}. Lo que ve valía entonces y puede haber "
    "cambiado.",
    "live.offline": "No tiene conexión. Lo que ve valía a las {time} y puede haber cambiado.",
    "live.then": "Último estado conocido:",
    "live.built": "Esta página se hizo {ago}, y ya toca una nueva.",
    "mirror.title": "{site}: copia de toda la página",
    "mirror.made": "Esta es una copia de la página de estado tal como era el {time}.",
    "mirror.made_from": "Esta es una copia de la página de estado tal como era el {time}. Lo actual está en {address}.",
    "mirror.open": "Abierto ahora",
    "mirror.year": "Últimos 365 días",
    "mirror.left.one": "{n} entrada anterior de estos días está solo en la página de estado.",
    "mirror.left.other": "{n} entradas anteriores de estos días están solo en la página de estado.",
}
