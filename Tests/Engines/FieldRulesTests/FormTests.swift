import FieldRules
import Records
import Testing

@Suite struct FormTests {
    private func found(
        _ rule: FormRule,
        _ type: FieldType,
        signs: FormSigns = FormSigns(words: ["Muster"]),
        in pages: [PageText]
    ) -> [Candidate] {
        FieldFinder(pages: pages, forms: [Form(name: "muster", signs: signs, rules: [rule])])
            .candidates(for: FieldDefinition(name: rule.field, type: type))
    }

    private func first(_ rule: FormRule, _ type: FieldType, in text: String) -> String? {
        found(rule, type, in: Pages.text(text)).first?.content.plain
    }

    // MARK: Which form

    @Test(arguments: [
        "BACKEREI MUSTER", "Bäckerei   Muster", "x Bäckerei Muster y", "Bäckerei-Muster",
        "BACKERE1 MU5TER",
    ])
    func `a form is known by its words without case, accents, signs and look-alikes`(line: String) {
        let rule = FormRule(field: "merchant", content: .text("Muster GmbH"))
        let signs = FormSigns(words: ["Bäckerei Muster"])
        let candidates = found(rule, .text, signs: signs, in: Pages.text("\(line)\nTotal 5,00"))
        #expect(candidates.first?.content == .text("Muster GmbH"))
        #expect(candidates.first?.evidence.first?.page == 1)
    }

    @Test func `a wrong, a missing and an added letter are forgiven where the reader was unsure`() {
        let rule = FormRule(field: "merchant", content: .text("Muster GmbH"))
        let signs = FormSigns(words: ["Bäckerei Muster Neustadt"])
        for line in [
            "Backere Muster Neustadt", "Backerei Mvster Neustadt", "Backereii Muster Neustadt",
        ] {
            for (confidence, isFound) in [(0.6, true), (1.0, false)] {
                let pages = Pages.text("\(line)\nTotal 5,00", confidence: confidence)
                let candidates = found(rule, .text, signs: signs, in: pages)
                #expect((candidates.first?.content == .text("Muster GmbH")) == isFound, "\(line)")
            }
        }
    }

    @Test func `a form of another shop changes nothing`() {
        let pages = Pages.text("Kiosk Nord\nTotal 5,00\nEndbetrag 9,00")
        let rule = FormRule(field: "total", near: ["Endbetrag"])
        let field = FieldDefinition(name: "total", type: .money)
        #expect(
            found(rule, .money, signs: FormSigns(words: ["Kiosk Nord", "Filiale 7"]), in: pages)
                == FieldFinder.candidates(for: field, in: pages)
        )
    }

    @Test func `all words, one of any and the pattern must be on the page`() {
        let rule = FormRule(field: "merchant", content: .text("M"))
        let pages = Pages.text("Muster GmbH\nKasse 3\nFiliale 0042")
        func isOfForm(_ signs: FormSigns) -> Bool {
            found(rule, .text, signs: signs, in: pages).first?.content == .text("M")
        }
        #expect(isOfForm(FormSigns(words: ["Muster", "Kasse"])))
        #expect(!isOfForm(FormSigns(words: ["Muster", "Kiosk"])))
        #expect(isOfForm(FormSigns(any: ["Kiosk", "Muster"])))
        #expect(!isOfForm(FormSigns(any: ["Kiosk", "Imbiss"])))
        #expect(isOfForm(FormSigns(words: ["Muster"], pattern: #"Filiale 00\d\d"#)))
        #expect(!isOfForm(FormSigns(words: ["Muster"], pattern: #"Filiale 01\d\d"#)))
    }

    @Test
    func `of several forms the one with the most words on the page decides, of equals the first`() {
        func form(_ name: String, _ words: [String]) -> Form {
            Form(
                name: name,
                signs: FormSigns(words: words),
                rules: [FormRule(field: "merchant", content: .text(name))]
            )
        }
        let pages = Pages.text("Muster Markt Nord\nTotal 5,00")
        func decides(_ forms: [Form]) -> String? {
            FieldFinder(pages: pages, forms: forms)
                .candidates(for: FieldDefinition(name: "merchant", type: .text)).first?.content
                .plain
        }
        #expect(decides([form("a", ["Muster"]), form("b", ["Muster Markt Nord"])]) == "b")
        #expect(decides([form("a", ["Muster"]), form("b", ["Markt"])]) == "a")
        #expect(decides([form("b", ["Muster"]), form("a", ["Muster"])]) == "b")
        // What the more special form does not say, the more general one does.
        let special = Form(
            name: "special",
            signs: FormSigns(words: ["Muster Markt Nord"]),
            rules: [FormRule(field: "total", near: ["Summe"])]
        )
        #expect(decides([special, form("a", ["Muster"])]) == "a")
    }

    // MARK: Places

    @Test func `a value stands on the side that the form says`() {
        let text = """
            Muster
                   1,00
             2,00  Betrag  3,00
                   4,00
            """
        for (place, value) in [
            (FormRule.Place.above, "1.00"), (.left, "2.00"), (.right, "3.00"), (.below, "4.00"),
        ] {
            let rule = FormRule(field: "total", near: ["Betrag"], place: place)
            #expect(first(rule, .money, in: text) == value)
        }
        #expect(first(FormRule(field: "total", near: ["Betrag"]), .money, in: text) == "3.00")
    }

    @Test func `without a side, the value stands to the right or else below`() {
        let rule = FormRule(field: "total", near: ["Betrag"])
        #expect(first(rule, .money, in: "Muster\nBetrag\n  7,00") == "7.00")
    }

    @Test func `what the form finds comes before the built-in rules, which stay candidates`() throws
    {
        let pages = Pages.text("Muster\nTotal 50,00\nRabatt 5,00\nNoch offen 45,00")
        let candidates = found(FormRule(field: "total", near: ["Noch offen"]), .money, in: pages)
        let first = try #require(candidates.first)
        #expect(first.content.plain == "45.00")
        #expect(first.reason.contains("muster") && first.reason.contains("“Noch offen”"))
        #expect(first.evidence.first?.words == "45,00")
        let other = try #require(candidates.first { $0.content.plain == "50.00" })
        #expect(other.confidence < first.confidence)
    }

    @Test func `a form does not make badly read words sure`() throws {
        func confidence(_ read: Double) throws -> Double {
            let text = "Muster\nTotal 50,00\nOffen 45,00"
            let rule = FormRule(field: "total", near: ["Offen"])
            return try #require(
                found(rule, .money, in: Pages.text(text, confidence: read)).first?.confidence
            )
        }
        #expect(try confidence(0.3) < 0.75)
        #expect(try confidence(1) > 0.9)
    }

    @Test func `where the form's rule finds nothing, what the built-in rules find is less sure`()
        throws
    {
        let text = "Muster\nTotal 50,00"
        let field = FieldDefinition(name: "total", type: .money)
        let known = try #require(FieldFinder.candidates(for: field, in: Pages.text(text)).first)
        let rule = FormRule(field: "total", near: ["Noch offen"])
        let first = try #require(found(rule, .money, in: Pages.text(text)).first)
        #expect(first.content == known.content)
        #expect(first.confidence < known.confidence)
        #expect(first.reason.contains("muster"))
    }

    @Test func `take decides between several values`() {
        let text = "Muster\nBetrag 1,00\nBetrag 2,00\nBetrag 3,00"
        for (take, value) in [(FormRule.Choice?.none, "1.00"), (.first, "1.00"), (.last, "3.00")] {
            #expect(
                first(FormRule(field: "total", near: ["Betrag"], take: take), .money, in: text)
                    == value
            )
        }
    }

    @Test func `a line with the sum and what was paid gives the sum`() {
        let rule = FormRule(field: "total", near: ["Endbetrag"])
        #expect(first(rule, .money, in: "Muster\nEndbetrag 3 St 12,00 BAR 20,00") == "12.00")
    }

    @Test func `a text goes on over as many lines as the form says`() {
        let text = """
            Muster
            Lieferung an:   Erika Beispiel
                            Hauptstr. 5
                            12345 Neustadt
            Danke
            """
        let rule = FormRule(field: "note", near: ["Lieferung an"], place: .right, lines: 3)
        #expect(first(rule, .text, in: text) == "Erika Beispiel Hauptstr. 5 12345 Neustadt")
        let below = FormRule(field: "note", near: ["Erika"], place: .below, lines: 2)
        #expect(first(below, .text, in: text) == "Hauptstr. 5 12345 Neustadt")
    }

    // MARK: Patterns, regions, orders

    @Test func `a pattern's first group is the value, read as the field's type`() {
        let rule = FormRule(field: "date", pattern: #"Gebucht (\S+)"#)
        #expect(
            first(rule, .date(order: nil), in: "Muster\n1.2.2020\nGebucht 25.3.2021")
                == "2021-03-25"
        )
    }

    @Test func `a region is a part of the page in shares of its size`() {
        let pieces = [
            Pages.Piece(text: "Muster", column: 0, row: 1),
            Pages.Piece(text: "A-111", column: 10, row: 5),
            Pages.Piece(text: "B-222", column: 70, row: 5),
            Pages.Piece(text: "C-333", column: 70, row: 40),
        ]
        func code(_ region: FormRegion) -> String? {
            found(
                FormRule(field: "code", region: region),
                .identifier,
                in: Pages.picture(pieces)
            ).first?.content.plain
        }
        #expect(code(FormRegion(left: 0.5, bottom: 0.5)) == "B-222")
        #expect(code(FormRegion(right: 0.5)) == "A-111")
        #expect(code(FormRegion(top: 0.5)) == "C-333")
        #expect(code(FormRegion(top: 0.9)) == nil)
        #expect(code(FormRegion(page: .number(2))) == nil)
    }

    @Test func `a region can lie between printed words`() {
        let text = "Muster\nLieferung\nErika Beispiel\nHauptstr. 5\nArtikel\nBrot 2,00"
        let region = FormRegion(below: ["Lieferung"], above: ["Artikel"])
        #expect(
            first(FormRule(field: "note", region: region), .text, in: text)
                == "Erika Beispiel Hauptstr. 5"
        )
        let elsewhere = FormRegion(below: ["Abholung"])
        #expect(first(FormRule(field: "note", region: elsewhere), .text, in: text) == nil)
    }

    @Test func `a region says where the rows of a list stand`() throws {
        let text = """
            Muster
            Guthaben          90,00
            Einkauf
            Brot               2,00
            Milch              1,50
            Ende
            Gutschein          3,00
            """
        let type = FieldType.list([
            ListColumn(name: "name", type: .text), ListColumn(name: "price", type: .money),
        ])
        let region = FormRegion(below: ["Einkauf"], above: ["Ende"])
        let content = found(FormRule(field: "items", region: region), type, in: Pages.text(text))
            .first?.content
        guard case .list(let rows) = content else {
            Issue.record("no rows")
            return
        }
        #expect(rows.map { $0["price"]?.plain } == ["2.00", "1.50"])
    }

    @Test func `a form can say only how days are written`() {
        let rule = FormRule(field: "date", order: .monthFirst)
        let field = FieldType.date(order: .dayFirst)
        #expect(first(rule, field, in: "Muster\nDate 03/04/2025") == "2025-03-04")
        #expect(first(rule, field, in: "Kiosk\nDate 03/04/2025") == "2025-04-03")
    }

    @Test func `signs on the second page make the whole document one of the form`() {
        var pages = Pages.text("Anlage\nGebucht 1,00") + Pages.text("Muster\nOffen 2,00")
        pages[1].number = 2
        let offen = found(FormRule(field: "total", near: ["Offen"]), .money, in: pages).first
        #expect(offen?.evidence.first?.page == 2)
        let gebucht = found(FormRule(field: "total", near: ["Gebucht"]), .money, in: pages).first
        #expect(gebucht?.evidence.first?.page == 1)
        let last = FormRule(field: "total", region: FormRegion(page: .last))
        #expect(found(last, .money, in: pages).first?.content.plain == "2.00")
    }

    @Test func `whatever a reader reports and a rule asks for, nothing breaks`() {
        let odd = [Int.min, -1, 0, 1, Int.max].flatMap { x in
            [Double.nan, -1, 0.5, 2].map { confidence in
                Word(
                    text: x == 0 ? "Muster" : "Betrag",
                    box: Box(x: x, y: x, width: x, height: x),
                    confidence: confidence,
                    block: x,
                    line: 0
                )
            }
        }
        let pages = [
            PageText(number: 1, width: 0, height: 0, words: odd, source: .tesseract),
            PageText(number: 2, width: Int.max, height: Int.max, words: odd, source: .plainText),
        ]
        let region = FormRegion(left: 0.9, right: 0.1, below: ["Muster"], above: ["Betrag"])
        for type in [FieldType.text, .money, .identifier, .date(order: nil), .list([])] {
            for place in FormRule.Place.allCases {
                let beside = FormRule(field: "x", near: ["Betrag"], place: place, lines: 50)
                _ = found(beside, type, in: pages)
            }
            #expect(found(FormRule(field: "x", region: region), type, in: pages).isEmpty)
        }
    }

    @Test func `hundreds of forms and a book of pages end in a moment`() {
        let line = "Tolal Mustre Bakcerei Endbetarg 12,00 word words wordy Muste\n"
        let pages = Pages.text(String(repeating: line, count: 1000), confidence: 0.5)
        let forms = (0..<100).map { index in
            Form(
                name: "f\(index)",
                signs: FormSigns(words: ["Muster Bäckerei \(index)", "Endbetrag"]),
                rules: [FormRule(field: "total", near: ["Total", "Endbetrag"])]
            )
        }
        let started = ContinuousClock.now
        _ = FieldFinder(pages: pages, forms: forms)
            .candidates(for: FieldDefinition(name: "total", type: .money))
        #expect(started.duration(to: .now) < .seconds(60))
    }
}
