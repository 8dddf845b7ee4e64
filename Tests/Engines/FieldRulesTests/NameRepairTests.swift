import FieldRules
import Records
import Testing

@Suite struct NameRepairTests {
    private func best(_ name: String, _ lines: [String], confidence: Double = 0.8) -> String? {
        let pieces = lines.enumerated().map { row, text in
            Pages.Piece(text: text, column: 0, row: row, confidence: confidence)
        }
        return FieldFinder.candidates(
            for: FieldDefinition(name: name, type: .text),
            in: Pages.picture(pieces)
        ).first?.content.plain
    }

    @Test(arguments: [
        ("BLUE LANTERN SON BHD", "BLUE LANTERN SDN BHD"),
        ("BLUE LANTERN SDN BED (13579-X)", "BLUE LANTERN SDN BHD"),
        ("BLUE LANTERN (H) SDN BHD", "BLUE LANTERN (M) SDN BHD"),
        ("BLUE LANTERN 5/B (24680-V)", "BLUE LANTERN S/B"),
        ("Blumenhaus Rosengarten 6mbH", "Blumenhaus Rosengarten GmbH"),
        ("BLUE LANTERN RESTAURAN1 SDN BHD", "BLUE LANTERN RESTAURANT SDN BHD"),
        ("B.1.G. LANTERN SDN BHD", "B.I.G. LANTERN SDN BHD"),
        ("(BLUE LANTERN SDN BHD", "BLUE LANTERN SDN BHD"),
        ("BLUE LANTERN (SHAN ALAM) SDN BHD", "BLUE LANTERN (SHAH ALAM) SDN BHD"),
        ("Welcome to Blue Lantern Cafe", "Blue Lantern Cafe"),
    ])
    func `letters of a name that can only be misread are put right`(line: String, name: String) {
        #expect(best("merchant", [line, "NO. 12, JALAN MELUR 3", "43300 KAJANG"]) == name)
    }

    @Test func `a word that the reader was sure of is not changed`() {
        let lines = ["BLUE LANTERN HARDWARF SDN BHD", "NO. 12, JALAN MELUR 3", "43300 KAJANG"]
        #expect(best("merchant", lines, confidence: 0.96) == "BLUE LANTERN HARDWARF SDN BHD")
        #expect(best("merchant", lines) == "BLUE LANTERN HARDWARE SDN BHD")
    }

    @Test func `a beginning lost at the edge comes back from the web address`() {
        let lines = [
            "TERNA TRADING SDN BHD", "NO. 12, JALAN MELUR 3", "43300 KAJANG", "www.lanterna.com.my",
        ]
        #expect(best("merchant", lines) == "LANTERNA TRADING SDN BHD")
    }

    @Test func `a letter of an unsure name is read as in the web address`() {
        let lines = [
            "Blue Lantorn", "12 Main Street", "Springfield, CA 94538", "www.bluelantern.com",
        ]
        #expect(best("merchant", lines) == "Blue Lantern")
        #expect(best("merchant", lines, confidence: 0.96) == "Blue Lantorn")
    }

    @Test func `an unsure word is read as it stands elsewhere on the page`() {
        let pages = Pages.picture([
            .init(text: "BLUE LANTEPN SDN BHD", column: 0, row: 0, confidence: 0.6),
            .init(text: "NO. 12, JALAN MELUR 3", column: 0, row: 1),
            .init(text: "Thank you from Lantern", column: 0, row: 8),
        ])
        let name = FieldFinder.candidates(
            for: FieldDefinition(name: "merchant", type: .text),
            in: pages
        ).first
        #expect(name?.content.plain == "BLUE LANTERN SDN BHD")
        #expect(name?.printed == "BLUE LANTEPN SDN BHD")
    }

    @Test func `a kind of business alone in its line belongs to the name beside it`() {
        #expect(
            best("merchant", ["Rosengarten", "Apotheke", "Hauptstr. 5", "33100 Neustadt"])
                == "Rosengarten Apotheke"
        )
        #expect(
            best("merchant", ["Restaurant", "Rosengarten", "Hauptstr. 5", "33100 Neustadt"])
                == "Restaurant Rosengarten"
        )
    }

    @Test func `a town or a state alone is no name`() {
        #expect(best("merchant", ["SELANGOR DARUL EHSAN", "TEL 03-12345678"]) == nil)
        #expect(best("merchant", ["Neustadt", "Hauptstr. 5", "33100 Neustadt"]) == nil)
    }

    @Test(arguments: [
        (
            ["NG. 12, dALAN MELUR 3", "TAMAM BAHAGIA", "433O0 KAJAMG, SELAMGOR"],
            "NO. 12, JALAN MELUR 3, TAMAN BAHAGIA, 43300 KAJANG, SELANGOR"
        ),
        (
            ["L0T 7, Jaian Besar", "50000 Kuala Lumpwr"],
            "LOT 7, Jalan Besar, 50000 Kuala Lumpur"
        ),
        (["Haupistrasse 5", "10115 Berlln"], "Hauptstrasse 5, 10115 Berlin"),
    ])
    func `misread words of an address are put right by the words of its region`(
        lines: [String],
        address: String
    ) {
        #expect(best("address", ["BLUE LANTERN SDN BHD"] + lines + ["TEL 03-12345678"]) == address)
    }

    @Test func `a web address ends an address, however it was read`() {
        let lines = [
            "Blue Lantern Ltd", "12 Main Street", "Springfield, CA 94538", "Sttp:/,blue .com",
        ]
        #expect(best("address", lines) == "12 Main Street, Springfield, CA 94538")
    }

    @Test func `a telephone number whose key was misread ends an address`() {
        let lines = [
            "Blue Lantern Ltd", "12 Main Street", "Springfield, CA 94538",
            "Telepnome No, 03-62801198",
        ]
        #expect(best("address", lines) == "12 Main Street, Springfield, CA 94538")
    }
}
