"""JUDGED: how updates read before they are sent: rules with ids, places and reasons to overrule them."""
