"""Spanish: the fixed words of incidents that monitoring opens."""

ALERTS = {
    "alert.title": "Problemas con {component}",
    "alert.opened": "Nuestra supervisión detecta problemas con {component}. Los estamos investigando.",
    "alert.again": "Los problemas con {component} han vuelto. Los estamos investigando.",
    "alert.worse": "Los problemas con {component} han empeorado. Estamos trabajando en ello.",
    "alert.intermittent": "Los problemas con {component} van y vienen. Lo damos por afectado mientras duren.",
    "alert.monitoring": "{component} funciona con normalidad desde hace un rato. Seguimos vigilándolo.",
    "alert.resolved": "{component} vuelve a funcionar con normalidad.",
}
