"""PRIVATE: what only we may know of incidents, people, customers, contracts and drills.

It stands below the folder that `private:` names, which may be another checkout. No output for the public imports this.
"""
