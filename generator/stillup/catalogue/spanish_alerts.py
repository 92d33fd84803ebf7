"""Spanish: the fixed words of incidents that monitoring opens."""

ALERTS = {
    "intake.title": "Problemas con {component}",
    "intake.opened": "Nuestra supervisión detecta problemas con {component}. Los estamos investigando.",
    "intake.again": "Los problemas con {component} han vuelto. Los estamos investigando.",
    "intake.worse": "Los problemas con {component} han empeorado. Estamos trabajando en ello.",
    "intake.intermittent": "Los problemas con {component} van y vienen. Lo damos por afectado mientras duren.",
    "intake.monitoring": "{component} funciona con normalidad desde hace un rato. Seguimos vigilándolo.",
    "intake.resolved": "{component} vuelve a funcionar con normalidad.",
    "vendor.opened": "Un servicio del que depende {component} tiene problemas. Estamos viendo qué supone para usted.",
    "vendor.monitoring": "El servicio del que depende {component} vuelve a funcionar. Seguimos vigilándolo.",
    "vendor.affected": "Afectado por {vendor}: {state} desde {time}",
    "vendor.unknown": "Estado de {vendor} desconocido desde {time}",
    "vendor.unknown_last": "Estado de {vendor} desconocido desde {time}; último conocido: {state}",
}
