"""English: the fixed words of incidents that monitoring opens. Nothing of an alert's own words gets into them."""

ALERTS = {
    "alert.title": "Problems with {component}",
    "alert.opened": "Our monitoring sees problems with {component}. We are looking into it.",
    "alert.again": "The problems with {component} are back. We are looking into it.",
    "alert.worse": "The problems with {component} have got worse. We are working on it.",
    "alert.intermittent": "The problems with {component} come and go. We treat it as affected until they stay away.",
    "alert.monitoring": "{component} has been working normally again for a while. We keep watching it.",
    "alert.resolved": "{component} works normally again.",
}
