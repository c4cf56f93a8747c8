"""How people decline to answer in other languages than English: whole replies, never parts.

A phrase counts whatever the language of the instrument; none of them means anything in English.
"""

from simulacra.domain.answer import MissingCode

_DONT_KNOW = """
weiß nicht|weiß ich nicht|ich weiß nicht|ich weiß es nicht|das weiß ich nicht|keine ahnung
weiss nicht|weiss ich nicht|ich weiss nicht|ich weiss es nicht|das weiss ich nicht
ich habe keine ahnung|bin mir nicht sicher|ich bin mir nicht sicher|bin nicht sicher
ich bin nicht sicher|schwer zu sagen|keine meinung|dazu habe ich keine meinung
je ne sais pas|je sais pas|j'en sais rien|je n'en sais rien|aucune idée|je n'ai aucune idée
je ne suis pas sûr|je ne suis pas sûre|difficile à dire|sans opinion|je ne me souviens pas
no sé|no lo sé|no sabría decir|no sabe|no tengo idea|no tengo ni idea|ni idea|no estoy seguro
no estoy segura|no me acuerdo|no recuerdo|sin opinión|difícil de decir
non so|non lo so|non saprei|non ne ho idea|nessuna idea|non sono sicuro|non sono sicura
non ricordo|difficile da dire
não sei|nao sei|não sei dizer|não faço ideia|não tenho ideia|sem opinião|não me lembro
não tenho certeza
weet niet|weet ik niet|ik weet het niet|dat weet ik niet|geen idee|geen mening|moeilijk te zeggen
ik weet het niet zeker
nie wiem|trudno powiedzieć|nie mam pojęcia|nie pamiętam
не знаю|затрудняюсь ответить|трудно сказать|понятия не имею|не помню
bilmiyorum|fikrim yok|emin değilim|لا أعرف|لا أدري
不知道|我不知道|不清楚|分からない|わからない|分かりません
わかりません|모르겠어요|모르겠습니다
""".strip()
_REFUSED = """
keine angabe|keine angaben|möchte ich nicht sagen|das möchte ich nicht sagen
ich möchte nicht antworten|ich möchte das nicht beantworten|möchte ich nicht beantworten
das möchte ich nicht beantworten|dazu sage ich nichts|kein kommentar|das geht sie nichts an
das geht dich nichts an|das ist privat
je préfère ne pas répondre|je ne souhaite pas répondre|je ne veux pas répondre
je préfère ne pas le dire|je refuse de répondre|refus|sans commentaire|c'est privé
prefiero no contestar|prefiero no responder|prefiero no decirlo|no quiero contestar
no quiero responder|no contesta|sin comentarios|es privado
preferisco non rispondere|preferisco non dirlo|non voglio rispondere|nessun commento
prefiro não responder|prefiro não dizer|não quero responder|sem comentários
wil ik niet zeggen|dat zeg ik liever niet|zeg ik liever niet|liever niet|geen commentaar
dat wil ik niet zeggen
odmawiam odpowiedzi|wolę nie odpowiadać|wolę nie mówić
отказываюсь отвечать|не хочу отвечать|предпочитаю не отвечать|без комментариев
söylemek istemiyorum|cevap vermek istemiyorum|أفضل عدم الإجابة|لا أريد الإجابة|不想回答|拒绝回答
答えたくない|答えたくありません|대답하고 싶지 않아요|대답하고 싶지 않습니다
""".strip()


def _phrases(listed: str) -> list[str]:
    return [phrase.casefold() for line in listed.splitlines() for phrase in line.split("|")]


DECLINED: dict[str, MissingCode] = {
    **dict.fromkeys(_phrases(_DONT_KNOW), MissingCode.DONT_KNOW),
    **dict.fromkeys(_phrases(_REFUSED), MissingCode.REFUSED),
}
