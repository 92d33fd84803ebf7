"""English: the first words of an update, offered to whoever writes it. Where the plan has a sentence, it is that."""

DRAFTS = {
    "drill.title": "DRILL: {title}",
    "drill.body": "This is a drill. Nothing is wrong, and there is nothing for you to do.",
    "drill.text": "This is a drill. {text}",
    "drill.name": "DRILL {name}",
    "draft.incident.investigating": "We're currently investigating reports of issues with {services}.",
    "draft.incident.identified": "We found what causes the issues with {services} and are working on it.",
    "draft.incident.monitoring": "We put a fix in place for {services} and are watching whether it holds.",
    "draft.incident.resolved": "The issues affecting {services} have been resolved.",
    "draft.maintenance.scheduled": "We will work on {services} from {start} to {end}.",
    "draft.maintenance.moved": "The work on {services} has moved: it is now planned from {start} to {end}.",
    "draft.maintenance.longer": "The work on {services} takes longer: it is now planned until {end}.",
    "draft.maintenance.in_progress": "The work on {services} has begun.",
    "draft.maintenance.verifying": "The work on {services} is done, and we are checking it.",
    "draft.maintenance.completed": "The work on {services} is complete.",
    "draft.maintenance.cancelled": "The work on {services} will not take place.",
}
