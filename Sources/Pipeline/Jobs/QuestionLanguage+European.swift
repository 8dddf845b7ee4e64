extension QuestionLanguage {
    /// Clauses of the European languages that we know, over the characters of ``QuestionWord``.
    private enum Clause {
        /// This page; all pages; it.
        static let page = "(?:Q*P?Q*a?(?:I?Q?D+|I)I?)"
        /// On this page; from the letter here; dieser Seite.
        static let place = "(?:P?P?\(page))"
        /// All of the text; these words; the page's text.
        ///
        /// Never `a text`, which may be one that is yet to be written.
        static let text = "(?:Q*P?Q*I?Q*D*T+)"
        /// What is written there; that can be seen on the page.
        static let which = "(?:W?I?B?[RZ]*\(place)*(?:I?B?[RZ]+)?\(place)*(?:IB)?)"
        static let texts = "(?:\(text)\(which))"
        /// Everything, and what is in a page, are its words only when they are read, extracted or written.
        static let all = "(?:E\(which)|Q*M+\(place)*)"
        static let written = "(?:E\(place)*W?I?B?R+\(place)*)"
        static let intoText = "(?:OQ*T)"
        /// A question for what is written here, for what it says, for which text it is.
        static let what =
            "W(?:B?R\(place)*|H?\(page)S\(place)*|S\(page)|Q*TH?B?[RZI]*\(place)*|BQ*I?T\(which)|Q*I?T\(which)B"
            + "|[VX]\(place)+|S\(place)+|BR\(place)*)"

        static let request = [
            // Extract all text; the text, please; give me what is written.
            "O?[VXG]*\(texts)\(intoText)?[VXG]*Q*P?",
            "O?[VX]+\(all)\(intoText)?",
            "O?[VXG]+\(written)",
            "[VXG]*\(what)",
            // OCR; transcribe this page; write it out.
            "O?V+",
            "O?V+P?\(page)\(intoText)?\(place)*A?",
            "\(page)V+",
            "C(?:\(page)|\(texts)|\(written))\(place)*A",
            "(?:\(page)|\(texts))AC",
            // Turn the picture into text.
            "O?[UG](?:\(page)|\(texts))\(intoText)",
        ].joined(separator: "|")
        static let remark = [
            // No comments; without translating it; do not leave anything out.
            "H?N+[QIaP]*Y[YQIaPTDMERH]*", "[QIaTDMERH]*N+Y+", "Y+N+",
            // Only that; return it; extract (and return) it.
            "[VXG]*[QI]*", "Q*I",
        ].joined(separator: "|")
    }

    static let english = QuestionLanguage(
        isSpaced: true,
        words: [
            (
                .reads,
                "read, read out, read off, read aloud, transcribe, transcribing, ocr, run ocr, do ocr, perform ocr"
            ),
            (
                .reads,
                "use ocr, using ocr, use ocr technology, ocr technology, optical character recognition, text recognition"
            ),
            (
                .reads,
                "recognize, recognise, type out, type up, write out, write down, copy, copy out, copy down, digitize, digitise"
            ),
            (
                .extracts,
                "extract, extracting, capture, pull, pull out, get, grab, detect, retrieve"
            ),
            (
                .gives,
                "give, show, output, return, print, list, display, provide, need, want, tell, dump, reproduce, type, write, put, identify"
            ),
            (.gives, "respond with, answer with, reply with, respond, reply"),
            (.turns, "convert, turn, change, transform"),
            (.into, "to, into, as"),
            (
                .text,
                "text, texts, words, wording, writing, transcript, transcription, a transcript, a transcription, every word"
            ),
            (
                .text,
                "each word, every line, each line, lines, textual content, text content, textual information"
            ),
            (.content, "content, contents"),
            (.everything, "everything, all of it, it all"),
            (
                .page,
                "image, picture, photo, photograph, scan, page, document, file, receipt, invoice, letter, label, sign, menu"
            ),
            (
                .page,
                "screenshot, poster, note, notice, card, form, ticket, sheet, paper, flyer, leaflet, tag, package, packaging"
            ),
            (
                .page,
                "board, slide, article, email, certificate, attachment, pdf, images, pictures, photos, pages, documents, files"
            ),
            (.page, "letters, labels, receipts, invoices, signs, slides, screenshots, scans"),
            (.pointer, "this, that, it, these, those, them, here, there"),
            (.one, "a, an"),
            (
                .whole,
                "all, whole, entire, entirely, complete, completely, full, fully, any, every, each, visible, readable, legible"
            ),
            (.whole, "raw, plain, original, exact, only, both, simply, attached, following"),
            (.place, "of, in, on, from, within, inside, at"),
            (.what, "what, which, whatever"),
            (.does, "do, does"),
            (.is, "is, are, s, re"),
            (.says, "say, says"),
            (.written, "written, printed, typed, written down"),
            (
                .seen,
                "see, seen, shown, displayed, appears, appearing, contained, present, found, can be seen, can be read, you can read"
            ),
            (
                .layout,
                "line by line, one line per line, one per line, line breaks, linebreaks, newlines, new lines, in reading order"
            ),
            (
                .layout,
                "reading order, in order, in the order, from top to bottom, top to bottom, from left to right, left to right"
            ),
            (
                .layout,
                "word for word, word by word, verbatim, exactly, as is, as it is, as they are, as written, as printed"
            ),
            (
                .layout,
                "as it appears, as they appear, as it is written, on separate lines, in separate lines, separate lines"
            ),
            (
                .layout,
                "each on its own line, each line on its own line, a new line, new line, in lines, by lines, line per line"
            ),
            (
                .layout,
                "in the same order, in the original order, order of lines, original lines, one line at a time"
            ),
            (
                .keeps,
                "keep, keeping, preserve, preserving, retain, retaining, maintain, maintaining, with, separated by, use, using"
            ),
            (.keeps, "split into, split, broken into, start, break into"),
            (.no, "no, not, don t, dont, without, never, nothing"),
            (
                .extra,
                "comment, comments, commentary, explain, explaining, explanation, explanations, summarize, summarise, summary"
            ),
            (
                .extra,
                "translate, translating, translation, add, adding, anything, else, more, extra, additional, change"
            ),
            (
                .extra,
                "changes, changing, correct, correcting, correction, corrections, interpretation, interpret, interpreting"
            ),
            (
                .extra,
                "introduction, preamble, remarks, omit, omitting, skip, skipping, leave out, leaving out, miss, missing, paraphrase"
            ),
            (.extra, "describe, description, other"),
            (.no, "nothing else than, nothing but"),
            (.layout, "nothing else, nothing more, and nothing else, and nothing more"),
            (.joint, "and, then, but"),
            (
                .filler,
                "please, kindly, can, could, would, will, you, me, for, for me, to me, us, the, my, i, d, ll, like, just, now, so, or, out, off"
            ),
            (
                .filler,
                "thanks, thank, thank you, hi, hello, ok, okay, i would like to, i want to, i d like to, i want you to"
            ),
            (
                .filler,
                "i would like you to, i d like you to, i need to, i need you to, try to, make sure to, be sure to"
            ),
        ],
        request: Clause.request,
        remark: Clause.remark
    )

    static let german = QuestionLanguage(
        isSpaced: true,
        words: [
            (
                .reads,
                "lies, lese, lesen, transkribiere, transkribieren, ocr, abschreiben, abtippen, vorlesen, auslesen"
            ),
            (
                .extracts,
                "extrahiere, extrahieren, erkenne, erkennen, entnimm, entnehmen, hole, hol"
            ),
            (.gives, "gib, gebe, geben, zeig, zeige, ausgeben, brauche, will, nenne"),
            (.copies, "schreib, schreibe, tippe, tipp"),
            (.off, "ab"),
            (.turns, "wandle, verwandle, konvertiere, mache, mach"),
            (.into, "in text um, als text, zu text, in text"),
            (.text, "text, texte, wortlaut, wörter, worte"),
            (.content, "inhalt"),
            (.everything, "alles"),
            (
                .page,
                "bild, bildes, foto, fotos, scan, seite, seiten, dokument, dokuments, beleg, kassenbon, bon, rechnung, brief"
            ),
            (
                .page,
                "briefs, etikett, schild, speisekarte, plakat, zettel, karte, formular, blatt, datei"
            ),
            (
                .pointer,
                "diesem, dieses, diese, dieser, diesen, hier, da, es, darauf, dort, ihn, sie"
            ),
            (
                .whole,
                "all, alle, allen, gesamte, gesamten, ganze, ganzen, vollständige, vollständigen, vollständig, kompletten"
            ),
            (.whole, "komplette, komplett, sichtbaren, sichtbare, jeden, jedes, nur, reinen"),
            (.place, "auf, in, im, von, vom, aus, an, am"),
            (.what, "was, welcher, welche"),
            (.is, "ist, sind"),
            (.says, "steht"),
            (.written, "geschrieben, gedruckt, geschrieben steht, gedruckt ist"),
            (
                .layout,
                "zeile für zeile, zeilenweise, wort für wort, wortwörtlich, wörtlich, von oben nach unten, zeilenumbrüche"
            ),
            (
                .layout,
                "zeilenumbrüchen, lesereihenfolge, in lesereihenfolge, genau so, so wie er ist, eine zeile pro zeile"
            ),
            (.keeps, "mit, behalte, erhalte"),
            (.no, "ohne, kein, keine, keinen, nicht, nichts"),
            (
                .extra,
                "kommentar, kommentare, erklärung, erklärungen, übersetzung, übersetzen, übersetze, zusammenfassung"
            ),
            (
                .extra,
                "zusammenfassen, ändern, ändere, hinzufügen, anderes, auslassen, sonst, weiter"
            ),
            (.joint, "und, dann, aber"),
            (
                .filler,
                "bitte, mir, den, die, das, dem, der, des, du, kannst, könntest, können, einmal, mal, ich, möchte, heraus, raus"
            ),
            (.filler, "oder, wieder, vor, aus dem bild heraus, danke, uns, zu"),
        ],
        request: Clause.request,
        remark: Clause.remark
    )

    static let french = QuestionLanguage(
        isSpaced: true,
        words: [
            (
                .reads,
                "lis, lire, lisez, transcris, transcrire, transcrivez, recopie, recopier, recopiez, ocr"
            ),
            (.extracts, "extrais, extraire, extrayez, reconnais, reconnaître"),
            (.gives, "donne, donnez, montre, montrez, affichez, écris, écrivez, veux, voudrais"),
            (.turns, "convertis, convertir, convertissez, transforme"),
            (.into, "en"),
            (.text, "texte, textes, mots"),
            (.content, "contenu"),
            (.everything, "tout ce qui"),
            (
                .page,
                "image, images, photo, photographie, page, pages, document, reçu, ticket, facture, lettre, étiquette, panneau"
            ),
            (.page, "menu, scan, courrier, fichier, carte"),
            (.pointer, "cette, ce, cet, ces, ça, ceci, ici, le là"),
            (
                .whole,
                "tout, tous, toute, toutes, entier, entière, complet, complète, intégral, l intégralité, intégralité"
            ),
            (.whole, "visible, seulement, uniquement"),
            (.place, "de, du, des, d, sur, dans, à, au"),
            (.what, "que, qu, quoi, qu est ce qui, qu est ce que, ce qui, quel"),
            (.is, "est, sont"),
            (.says, "dit, disent"),
            (.written, "écrit, écrits, imprimé, figure"),
            (
                .layout,
                "ligne par ligne, mot à mot, mot pour mot, tel quel, telle quelle, de haut en bas, sauts de ligne"
            ),
            (.layout, "retours à la ligne, ordre de lecture"),
            (.keeps, "avec, conserve, conservez, garde, gardez, en gardant, en conservant, dans"),
            (.no, "sans, ne, n, pas, aucun, aucune, rien"),
            (
                .extra,
                "commentaire, commentaires, explication, explications, traduction, traduire, traduis, résumer, résumé"
            ),
            (.extra, "ajouter, ajoute, d autre, autre, omettre"),
            (.joint, "et, puis, mais"),
            (
                .filler,
                "le, la, les, l, s il vous plaît, s il te plaît, svp, moi, me, peux, tu, pouvez, vous, je, merci, nous, ou"
            ),
        ],
        request: Clause.request,
        remark: Clause.remark
    )

    static let spanish = QuestionLanguage(
        isSpaced: true,
        words: [
            (.reads, "lee, leer, lea, transcribe, transcribir, transcriba, copia, copiar, ocr"),
            (.extracts, "extrae, extraer, extraiga, reconoce, reconocer, saca"),
            (.gives, "da, dame, muestra, muéstrame, escribe, devuelve, quiero, necesito"),
            (.turns, "convierte, convertir, convierta, pasa"),
            (.into, "a, en"),
            (.text, "texto, textos, palabras"),
            (.content, "contenido"),
            (.everything, "todo lo que"),
            (
                .page,
                "imagen, imágenes, foto, fotografía, página, páginas, documento, recibo, factura, carta, etiqueta, letrero"
            ),
            (.page, "cartel, menú, ticket, escaneo, nota, archivo"),
            (.pointer, "esta, este, esto, estas, estos, aquí, ahí"),
            (
                .whole,
                "todo, toda, todos, todas, completo, completa, entero, entera, visible, solo, sólo, solamente"
            ),
            (.place, "de, del, en, sobre"),
            (.what, "qué, que, lo que"),
            (.is, "es, está, hay"),
            (.says, "dice, dicen, pone"),
            (.written, "escrito, escrita, impreso"),
            (
                .layout,
                "línea por línea, línea a línea, palabra por palabra, de arriba abajo, de arriba a abajo, tal cual"
            ),
            (.layout, "saltos de línea, orden de lectura"),
            (.keeps, "con, conserva, manteniendo, mantén, respetando"),
            (.no, "sin, no, ningún, ninguna, nada"),
            (
                .extra,
                "comentario, comentarios, explicación, explicaciones, traducción, traducir, traduzcas, resumir, resumen"
            ),
            (.extra, "añadir, añadas, más, omitir, omitas"),
            (.joint, "y, luego, pero"),
            (
                .filler,
                "el, la, los, las, por favor, me, puedes, podrías, tú, gracias, nos, al, o, ni"
            ),
        ],
        request: Clause.request,
        remark: Clause.remark
    )
}
