"""English: the fixed words of what monitoring and suppliers say. Nothing of an alert's own words gets in."""

ALERTS = {
    "intake.title": "Problems with {component}",
    "intake.opened": "Our monitoring sees problems with {component}. We are looking into it.",
    "intake.again": "The problems with {component} are back. We are looking into it.",
    "intake.worse": "The problems with {component} have got worse. We are working on it.",
    "intake.intermittent": "The problems with {component} come and go. We treat it as affected until they stay away.",
    "intake.monitoring": "{component} has been working normally again for a while. We keep watching it.",
    "intake.resolved": "{component} works normally again.",
    "vendor.opened": "A service that {component} depends on has problems. We are finding out what it means for you.",
    "vendor.monitoring": "The service that {component} depends on works normally again. We keep watching it.",
    "vendor.affected": "Affected by {vendor}: {state} since {time}",
    "vendor.unknown": "State of {vendor} unknown since {time}",
    "vendor.unknown_last": "State of {vendor} unknown since {time}, last known: {state}",
}
