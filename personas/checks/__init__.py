"""What can be wrong with a character, as findings that point at their passages.

``door.check_persona`` runs every check that needs no model; ``content.content_findings`` asks a
rater model about harmful and stereotyping passages.
"""
