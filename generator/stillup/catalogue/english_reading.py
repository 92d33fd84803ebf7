"""English: the words of other ways to read the page: as text alone, as one file, and while it stays open."""

READING = {
    "lite.name": "Text only",
    "lite.all_updates": "All updates of this incident",
    "lite.more.one": "{n} more open incident on the full status page",
    "lite.more.other": "{n} more open incidents on the full status page",
    "lite.all_well.one": "The component is operational.",
    "lite.all_well.other": "All {n} components are operational.",
    "lite.others_well.one": "{n} other component is operational.",
    "lite.others_well.other": "{n} other components are operational.",
    "mirror.title": "{site}: a copy of the whole page",
    "mirror.made": "This is a copy of the status page as it was on {time}.",
    "mirror.made_from": "This is a copy of the status page as it was on {time}. What holds now stands at {address}.",
    "mirror.open": "Open now",
    "mirror.year": "Last 365 days",
    "mirror.left.one": "{n} older entry of these days stands on the status page only.",
    "mirror.left.other": "{n} older entries of these days stand on the status page only.",
}
