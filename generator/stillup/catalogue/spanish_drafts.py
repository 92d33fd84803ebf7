"""Spanish: the first words of an update, offered to whoever writes it."""

DRAFTS = {
    "drill.title": "DRILL (simulacro): {title}",
    "drill.body": "Esto es un simulacro (drill). No pasa nada y no hay nada que hacer.",
    "drill.text": "Esto es un simulacro (drill). {text}",
    "drill.name": "DRILL {name}",
    "draft.incident.investigating": "Estamos investigando avisos de problemas con {services}.",
    "draft.incident.identified": "Hemos encontrado la causa de los problemas con {services} y trabajamos en ello.",
    "draft.incident.monitoring": "Hemos aplicado una solución para {services} y vigilamos que se mantenga.",
    "draft.incident.resolved": "Los problemas que afectaban a {services} están resueltos.",
    "draft.maintenance.scheduled": "Trabajaremos en {services} desde {start} hasta {end}.",
    "draft.maintenance.moved": "El trabajo en {services} cambia de hora: será desde {start} hasta {end}.",
    "draft.maintenance.in_progress": "El trabajo en {services} ha empezado.",
    "draft.maintenance.verifying": "El trabajo en {services} ha terminado y lo estamos comprobando.",
    "draft.maintenance.completed": "El trabajo en {services} ha terminado.",
    "draft.maintenance.cancelled": "El trabajo en {services} no se realizará.",
}
