"""What teams call things: column names and networks in several languages.

All words are written folded (see ``folding.fold``): lower case, without accents.
"""

from __future__ import annotations

from enum import StrEnum


class Field(StrEnum):
    """What a column of a calendar may hold. NOTES keeps its content, with the column's name."""

    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    WEEKDAY = "weekday"
    TITLE = "title"
    COPY = "copy"
    CHANNEL = "channel"
    KIND = "kind"
    OWNER = "owner"
    LINK = "link"
    STATUS = "status"
    HASHTAGS = "hashtags"
    TAGS = "tags"
    SLUG = "slug"
    NOTES = "notes"
    IGNORE = "ignore"


ONLY_ONCE = frozenset(
    {Field.DATE, Field.TIME, Field.DATETIME, Field.WEEKDAY, Field.TITLE, Field.COPY}
    | {Field.CHANNEL, Field.OWNER, Field.LINK, Field.SLUG}
)
"""Fields that one column holds; of the others there may be several."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


SYNONYMS: dict[Field, tuple[str, ...]] = {
    Field.DATETIME: _words(
        """
        datetime, date time, date and time, publish date time, posting time,
        post at specific time, scheduled at, schedule date, scheduled for, scheduled time,
        publish at, published at, scheduled date time, post date time, date heure, date et heure,
        datum uhrzeit, datum und uhrzeit, fecha y hora, data e ora, data e hora, tarih saat,
        tarih ve saat, 일시
        """
    ),
    Field.DATE: _words(
        """
        date, day date, publish date, publication date, publishing date, post date, posting date,
        planned date, start date, go live, go live date, live date, due date, release date, when,
        date de publication, date publication, date de parution, datum, termin,
        erscheinungsdatum, veroffentlichung, veroffentlichungsdatum, postdatum, tag datum, fecha,
        fecha de publicacion, dia de publicacion, data, data di pubblicazione,
        data pubblicazione, data de publicacao, data de postagem, tarih, yayin tarihi,
        paylasim tarihi, gonderi tarihi, 날짜, 일자, 게시일, 발행일, 업로드 날짜,
        publicatiedatum, data publikacji, dato, 日付, 日期
        """
    ),
    Field.TIME: _words(
        """
        time, time 24hr, time of day, post time, posting hour, publish time, publication time,
        start time, hour, heure, heure de publication, horaire, uhrzeit, zeit, hora,
        hora de publicacion, ora, orario, horario, hora de publicacao, saat, yayin saati,
        paylasim saati, 시간, 시각, 게시 시간, tijd, godzina, tid, 時間, 时间
        """
    ),
    Field.WEEKDAY: _words(
        """
        weekday, day of week, day of the week, week day, day, jour, jour de la semaine,
        wochentag, tag, dia, dia de la semana, giorno, giorno della settimana, dia da semana,
        gun, haftanin gunu, 요일, weekdag, dzien, dzien tygodnia, 曜日, 星期
        """
    ),
    Field.TITLE: _words(
        """
        title, titre, headline, topic, subject, hook, post title, blog title, article title,
        theme, content title, post name, name, idea, working title, blog post, article, event,
        sujet, thema, titel, uberschrift, betreff, beitrag, titulo, tema, asunto, titolo,
        argomento, oggetto, assunto, baslik, konu, 제목, 주제, 타이틀, onderwerp, tytul, temat,
        tittel, タイトル, 标题, sujet du post, post idea, accroche, campaign title
        """
    ),
    Field.COPY: _words(
        """
        copy, caption, text, message, message text, content, body, post, post text, post copy,
        post content, description, tweet, legende, texte, texte du post, contenu,
        text des beitrags, beitragstext, inhalt, bildunterschrift, beschreibung, texto,
        copy del post, contenido, leyenda, descripcion, testo, didascalia, contenuto,
        descrizione, legenda, conteudo, descricao, metin, icerik, aciklama, gonderi metni, 내용,
        본문, 캡션, 문구, tekst, tresc, innhold, 本文, 正文, social copy, caption text,
        draft copy
        """
    ),
    Field.CHANNEL: _words(
        """
        channel, channels, platform, platforms, network, networks, social network, social media,
        social channel, social platform, account, account id, profile, profiles, medium, outlet,
        plateforme, plateformes, canal, canaux, reseau, reseaux, reseau social, kanal, kanale,
        plattform, plattformen, netzwerk, netzwerke, medien, canales, red, redes, red social,
        redes sociales, plataforma, plataformas, canale, canali, piattaforma, piattaforme, rete,
        canais, rede, rede social, platformlar, mecra, ag, sosyal medya, 채널, 플랫폼, 매체,
        kanaal, kanalen, kanał, platforma, プラットフォーム, 平台, where
        """
    ),
    Field.KIND: _words(
        """
        format, type, kind, post type, content type, content format, post subtype, subtype,
        media type, type de contenu, type de post, art, beitragsart, inhaltstyp, typ, tipo,
        tipo de contenido, formato, tipo de post, tipo di contenuto, tipo de conteudo, tur, tip,
        icerik turu, bicim, 유형, 형식, 포맷, 종류, soort, type post
        """
    ),
    Field.OWNER: _words(
        """
        owner, owners, assignee, assigned to, assigned, responsible, person responsible, author,
        writer, who, by, person, created by, point person, lead, pic, responsable, auteur,
        redacteur, qui, personne, verantwortlich, verantwortliche, verantwortlicher, autor,
        autorin, wer, zustandig, bearbeiter, redakteur, responsables, quien, encargado,
        encargada, asignado a, responsabile, autore, chi, responsavel, quem, sorumlu, sahibi,
        yazar, kim, 담당자, 담당, 작성자, verantwoordelijke, auteurs, odpowiedzialny, ansvarlig,
        担当, 负责人
        """
    ),
    Field.LINK: _words(
        """
        link, links, url, urls, link url, website, web link, landing page, destination url,
        post link, lien, liens, adresse, lien url, verlinkung, webadresse, enlace, enlaces,
        collegamento, sito, ligacao, baglanti, 링크, 주소, link do post, リンク, 链接
        """
    ),
    Field.STATUS: _words(
        """
        status, state, stage, progress, approval, approval status, approved, statut, etat,
        avancement, stand, zustand, bearbeitungsstand, freigabe, estado, estatus, situacion,
        stato, situacao, durum, asama, onay, 상태, 진행 상태, 진행상황, stan, ステータス, 状态
        """
    ),
    Field.HASHTAGS: _words(
        """
        hashtags, hashtag, hash tags, mots dieses, mot diese, etiketler hashtag, 해시태그,
        ハッシュタグ
        """
    ),
    Field.TAGS: _words(
        """
        tags, labels, label, tag s, label s, category, categories, pillar, content pillar,
        pillars, topic tags, campaign, series, etiquettes, categorie, pilier, piliers, campagne,
        rubrique, kategorie, schlagworte, saule, kampagne, rubrik, etiquetas, categoria, pilar,
        campana, etichette, pilastro, campagna, categorias, campanha, etiketler, etiket,
        kategori, kampanya, 태그, 카테고리, 분류, 캠페인, kategoria
        """
    ),
    Field.SLUG: _words(
        """
        slug, url slug, permalink, handle slug
        """
    ),
    Field.NOTES: _words(
        """
        notes, note, comment, comments, remarks, remark, details, brief, remarques, remarque,
        commentaire, commentaires, notizen, notiz, anmerkung, anmerkungen, kommentar, bemerkung,
        bemerkungen, hinweise, notas, nota, comentarios, observaciones, commenti, commento,
        observacoes, notlar, yorum, aciklamalar, 비고, 메모, 참고, opmerkingen, uwagi, 備考,
        备注
        """
    ),
}

NETWORKS: dict[str, tuple[str, ...]] = {
    "x": ("x", "twitter", "tweet", "x twitter", "twitter x"),
    "facebook": ("facebook", "fb", "facebook page", "페이스북"),
    "instagram": ("instagram", "insta", "ig", "인스타그램", "인스타"),
    "linkedin": ("linkedin", "linked in", "li", "링크드인"),
    "threads": ("threads", "스레드"),
    "bluesky": ("bluesky", "bsky", "blue sky"),
    "mastodon": ("mastodon",),
    "tiktok": ("tiktok", "tik tok", "tt", "틱톡"),
    "youtube": ("youtube", "yt", "you tube", "유튜브", "youtube shorts"),
    "pinterest": ("pinterest", "pin"),
    "google_business": ("google business", "google business profile", "gbp", "gmb", "google"),
    "blog": ("blog", "website", "web site", "web", "blogue", "블로그", "weblog", "homepage"),
    "newsletter": (
        *("newsletter", "email", "e mail", "mailing", "infolettre", "mail", "bulten"),
        *("뉴스레터", "boletin"),
    ),
    "news_release": (
        *(
            "news release",
            "press release",
            "press",
            "media release",
            "communique",
            "pressemitteilung",
        ),
        *("comunicado", "comunicado de prensa", "comunicato stampa", "communique de presse"),
        *("basin bulteni", "보도자료"),
    ),
    "event": ("event", "evenement", "veranstaltung", "evento", "etkinlik", "행사"),
}
"""Names by which teams call a kind of channel, for each kind."""
