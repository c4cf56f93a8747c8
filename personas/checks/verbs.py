"""Past forms of English verbs."""

import re

_IRREGULAR = """
ate became began bent bit bled blew bought broke brought built burnt came caught chose clung
crept cut dealt did drank drew drove dug fed fell felt fled flew forgave forgot fought found
froze gave got grew heard held hid hit hung kept knelt knew laid lay led learnt leapt left lent
let lit lost made met paid put quit ran rang read rode rose said sang sank sat saw sent shook
shot shut sold sought spat spent split spoke spun stole stood struck stuck swam swept swore
taught told took thought threw tore understood went wept woke won wore wound wrote wrung
"""
PAST = re.compile(rf"(?:{'|'.join(_IRREGULAR.split())}|[a-z]+ed)")
"""A past form: "sat", "walked". Participles that look alike are not told apart."""
