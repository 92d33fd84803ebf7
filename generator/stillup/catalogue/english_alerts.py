"""English: the fixed words of incidents that monitoring opens. Nothing of an alert's own words gets into them."""

ALERTS = {
    "intake.title": "Problems with {component}",
    "intake.opened": "Our monitoring sees problems with {component}. We are looking into it.",
    "intake.again": "The problems with {component} are back. We are looking into it.",
    "intake.worse": "The problems with {component} have got worse. We are working on it.",
    "intake.intermittent": "The problems with {component} come and go. We treat it as affected until they stay away.",
    "intake.monitoring": "{component} has been working normally again for a while. We keep watching it.",
    "intake.resolved": "{component} works normally again.",
}
