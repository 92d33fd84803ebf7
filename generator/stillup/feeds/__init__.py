"""FEEDS: views to RSS, Atom, JSON Feed and iCalendar."""
