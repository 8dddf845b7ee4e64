import Exporting
import Records
import Storage
import Testing

@Suite struct TableTests {
    let german = ExportLocale("de_DE")

    func excel(_ locale: String, _ format: ExportFormat = .csv) throws -> ExportOptions {
        ExportOptions(format: format, profile: .excel(try #require(ExportLocale(locale))))
    }

    /// The text of one cell, exported alone between `path` and `status`.
    func cell(_ content: FieldContent, _ type: FieldType, _ options: ExportOptions) throws -> String
    {
        let record = [
            FieldDefinition(name: "x", type: type),
            FieldDefinition(name: "currency", type: .currency),
        ]
        let text = try export([row("p", ["x": content])], record: record, options)
        let separator = options.format == .tsv ? "\t" : text.contains(";") ? ";" : ","
        let lineEnd = options.format == .tsv ? "\n" : "\r\n"
        let isQuoted = text.hasPrefix("\u{FEFF}")
        let path = isQuoted ? "\"p\"" : "p"
        let status = isQuoted ? "\"done\"" : "done"
        let start = try #require(text.firstRange(of: lineEnd + path + separator)).upperBound
        let end = try #require(text.firstRange(of: separator + separator + status)).lowerBound
        return String(text[start..<end])
    }

    @Test func `a machine's table is RFC 4180 with ISO dates and decimal points`() throws {
        let items: FieldContent = .list([
            [
                "name": .text("Milk, \"fresh\""), "quantity": .number(decimal(15, 1)),
                "price": money(129),
            ], ["name": .text("Bag")],
        ])
        let text = try export([
            row(
                "b/a.jpg",
                [
                    "merchant": .text("Café, \"Süd\"\nNord"),
                    "date": .date(try #require(CalendarDate(year: 2025, month: 3, day: 31))),
                    "currency": .currency("EUR"), "total": money(-123450), "items": items,
                ]
            ), row("z.jpg"),
        ])
        #expect(
            text == #"""
                path,merchant,date,currency,total,items,status,reason,confidence,needs_review,document,duplicate_of,folder\#r
                b/a.jpg,"Café, ""Süd""\#nNord",2025-03-31,EUR,-1234.50,"[{""name"":""Milk, \""fresh\"""",""quantity"":1.5,""price"":1.29},{""name"":""Bag"",""quantity"":null,""price"":null}]",done,,0.875,false,ab12,,/scans\#r
                z.jpg,,,,,,done,,0.875,false,ab12,,/scans\#r

                """#
        )
    }

    @Test func `what Docket says of a document stands behind the record`() throws {
        var failed = row("x.pdf")
        failed.document = nil
        failed.status = .failed
        failed.reason = "corrupt"
        failed.confidence = nil
        failed.needsReview = true
        failed.duplicateOf = "/scans/a,b.pdf"
        let text = try export([failed], record: [])
        #expect(text.hasSuffix("\r\nx.pdf,failed,corrupt,,true,,\"/scans/a,b.pdf\",/scans\r\n"))
    }

    @Test func `an export without rows still has its headings`() throws {
        #expect(
            try export([], record: [])
                == "path,status,reason,confidence,needs_review,document,duplicate_of,folder\r\n"
        )
    }

    @Test func `an amount has its currency beside it when no field holds it`() throws {
        let record = [
            FieldDefinition(name: "net", type: .money),
            FieldDefinition(name: "total", type: .money),
            FieldDefinition(name: "total_currency", type: .text),
        ]
        let text = try export(
            [row("p", ["net": money(100, 2, "EUR"), "total": money(119, 2, "EUR")])],
            record: record
        )
        #expect(text.hasPrefix("path,net,net_currency,total,total_currency,status"))
        #expect(text.contains("\r\np,1.00,EUR,1.19,,done"))
    }

    @Test(arguments: [
        ("de_DE", "-1234,50"), ("en_US", "-1234.50"), ("fr-FR", "-1234,50"), ("de_CH", "-1234.50"),
        ("zh_CN", "-1234.50"), ("en_ZA", "-1234,50"),
    ])
    func `a spreadsheet gets numbers in its locale, negative ones too`(
        locale: String,
        number: String
    ) throws {
        #expect(try cell(money(-123450), .money, excel(locale)) == number)
        #expect(try cell(.number(decimal(-123450, 2)), .number, excel(locale)) == number)
    }

    @Test func `a spreadsheet's table begins with a byte-order mark and separates by locale`()
        throws
    {
        #expect(try export([], excel("de_DE")).hasPrefix("\u{FEFF}\"path\";\"merchant\";"))
        #expect(try export([], excel("de_CH")).hasPrefix("\u{FEFF}\"path\";\"merchant\";"))
        #expect(try export([], excel("en_GB")).hasPrefix("\u{FEFF}\"path\",\"merchant\","))
        #expect(try export([], excel("de_DE", .tsv)).hasPrefix("\u{FEFF}\"path\"\t\"merchant\"\t"))
    }

    @Test func `a spreadsheet's dates are ISO, which no locale misreads`() throws {
        let date = FieldContent.date(try #require(CalendarDate(year: 2025, month: 4, day: 3)))
        #expect(try cell(date, .date(order: nil), excel("en_US")) == "2025-04-03")
    }

    @Test(arguments: [
        "=1+1", "+49 30 1", "-2", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "\u{FF1D}1",
    ])
    func `text that a spreadsheet would execute is neutralised, and left alone for machines`(
        text: String
    ) throws {
        #expect(try cell(.text(text), .text, excel("de_DE")) == "\"'\(text)\"")
        #expect(try cell(.identifier(text), .identifier, excel("de_DE")) == "\"'\(text)\"")
        #expect(try cell(.text(text), .text, ExportOptions()) == text)
    }

    @Test func `line breaks before a formula do not help it`() throws {
        #expect(try cell(.text("\r=1"), .text, excel("de_DE")) == "\"'\r=1\"")
        #expect(try cell(.text("\n=1"), .text, excel("de_DE")) == "\"'\n=1\"")
        #expect(try cell(.text("a;=1"), .text, excel("de_DE")) == "\"a;=1\"")
    }

    @Test func `a spreadsheet's text is quoted and its numbers are not`() throws {
        #expect(try cell(.identifier("00123"), .identifier, excel("de_DE")) == "\"00123\"")
        #expect(try cell(.text(""), .text, excel("de_DE")) == "")
        #expect(try cell(money(5), .money, excel("de_DE")) == "0,05")
    }

    @Test func `a path that looks like a formula is neutralised too`() throws {
        let text = try export([row("=1+1.jpg")], excel("de_DE"))
        #expect(text.contains("\r\n\"'=1+1.jpg\";"))
    }

    @Test func `a zero byte, which ends many readers, becomes a replacement character`() throws {
        #expect(try cell(.text("a\0b"), .text, ExportOptions()) == "a\u{FFFD}b")
    }

    @Test func `tab-separated values quote what would break a row`() throws {
        let options = ExportOptions(format: .tsv)
        #expect(try cell(.text("a\tb"), .text, options) == "\"a\tb\"")
        #expect(try cell(.text("a\nb \"c\""), .text, options) == "\"a\nb \"\"c\"\"\"")
        #expect(try cell(.text("a,b;c"), .text, options) == "a,b;c")
        #expect(try export([row()], options).hasSuffix("/scans\n"))
    }

    @Test func `each item of a list has a row, and a document without items keeps one`() throws {
        let items: FieldContent = .list([
            ["name": .text("Milk"), "price": money(129)],
            ["name": .text("Bag"), "price": money(20)],
        ])
        let text = try export(
            [
                row("a", ["merchant": .text("Shop"), "total": money(149), "items": items]),
                row("b"),
            ],
            ExportOptions(rowsOf: "items")
        )
        #expect(
            text.split(separator: "\r\n").map(String.init) == [
                "path,merchant,date,currency,total,items_name,items_quantity,items_price,status,reason,confidence,needs_review,document,duplicate_of,folder",
                "a,Shop,,,1.49,Milk,,1.29,done,,0.875,false,ab12,,/scans",
                "a,Shop,,,1.49,Bag,,0.20,done,,0.875,false,ab12,,/scans",
                "b,,,,,,,,done,,0.875,false,ab12,,/scans",
            ]
        )
    }

    @Test func `what cannot be exported so is refused before anything is written`() {
        #expect(throws: ExportError.notAList("total", lists: ["items"])) {
            try RecordExporter(record: receiptRecord, options: ExportOptions(rowsOf: "total"))
        }
        #expect(throws: ExportError.notAList("x", lists: [])) {
            try RecordExporter(record: [], options: ExportOptions(rowsOf: "x"))
        }
        #expect(throws: ExportError.profileWithoutTable(.json)) {
            try RecordExporter(record: [], options: excel("de_DE", .json))
        }
    }

    @Test(arguments: [
        ("a.csv", ExportFormat.csv), ("A.TSV", .tsv), ("x/b.jsonl", .jsonLines),
        ("b.ndjson", .jsonLines),
        ("c.json", .json), ("d", nil), ("e.txt", nil), ("csv", nil),
    ])
    func `a file's ending asks for a form`(path: String, format: ExportFormat?) {
        #expect(ExportFormat.named(by: path) == format)
    }

    @Test(arguments: ["", "xx", "deutsch", "x_DE", "C", "de_DE_a_b"])
    func `an unknown locale is none`(name: String) {
        #expect(ExportLocale(name) == nil)
    }

    @Test(arguments: ["de_DE", "de-DE", "de_DE.UTF-8", "DE_de", "de_DE@euro"])
    func `a locale is known by its usual spellings`(name: String) {
        #expect(ExportLocale(name) == german)
        #expect(german?.identifier == "de_DE")
    }
}
