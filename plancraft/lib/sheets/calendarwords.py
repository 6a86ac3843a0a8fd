"""What people call months and weekdays, and "and", in several languages.

All words are written folded (see ``folding.fold``): lower case, without accents.
"""

from __future__ import annotations

_MONTHS = (
    "january jan janvier janv januar jan. janner enero ene gennaio gen janeiro ocak oca januari",
    "february feb fevrier fev fevr februar febrero febbraio fevereiro subat sub februari",
    "march mar mars marz mrz marzo marco mart maart mrt maerz",
    "april apr avril avr abril abr aprile nisan nis",
    "may mai mayo maggio mag maio mayis mei",
    "june jun juin juni junio giugno giu junho haziran haz",
    "july jul juillet juil juli julio luglio lug julho temmuz tem",
    "august aug aout agosto ago agustos agu augustus",
    "september sep sept septembre septiembre settembre set setembro eylul eyl",
    "october oct octobre oktober okt octubre ottobre ott outubro out ekim eki",
    "november nov novembre noviembre novembro kasim kas",
    "december dec decembre dezember dez diciembre dic dicembre dezembro aralik ara",
)
MONTHS: dict[str, int] = {
    word: number for number, line in enumerate(_MONTHS, start=1) for word in line.split()
}

_WEEKDAYS = (
    """
    monday mon lundi lun montag mo lunes lunedi segunda pazartesi pzt 월요일 월 maandag ma
    poniedzialek
    """,
    """
    tuesday tue tues mardi mar dienstag di martes martedi terca sali sal 화요일 화 dinsdag wtorek
    """,
    """
    wednesday wed weds mercredi mer mittwoch mi miercoles mie mercoledi quarta carsamba car crs
    수요일 수 woensdag wo sroda
    """,
    """
    thursday thu thur thurs jeudi jeu donnerstag do jueves jue giovedi gio quinta persembe per prs
    목요일 목 donderdag czwartek
    """,
    """
    friday fri vendredi ven freitag fr viernes vie venerdi sexta cuma cum 금요일 금 vrijdag piatek
    """,
    """
    saturday sat samedi sam samstag sonnabend sa sabado sab sabato cumartesi cmt 토요일 토 zaterdag
    sobota
    """,
    """
    sunday sun dimanche dim sonntag so domingo dom domenica pazar paz 일요일 일 zondag niedziela
    """,
)
WEEKDAYS: dict[str, int] = {
    word: number for number, line in enumerate(_WEEKDAYS) for word in line.split()
}

AND_WORDS = frozenset({"and", "et", "und", "y", "e", "ve", "en", "i", "with"})
