import Exporting
import Foundation
import Records
import Storage
import Testing

@Suite struct JSONTests {
    let document = row(
        "a \"b\"\\\u{1}\n.jpg",
        [
            "merchant": .text("Caf\u{e9}\0"), "total": money(-2780, 2, "EUR"),
            "items": .list([["name": .text("Milk"), "price": money(129)], ["name": .text("Bag")]]),
        ]
    )

    @Test func `a line holds the record with what was printed, where, and how sure`() throws {
        let text = try export([document, row("b")], ExportOptions(format: .jsonLines))
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(
            lines[0].hasPrefix(
                #"{"path":"a \"b\"\\\u0001\n.jpg","record":{"merchant":{"value":"Café\u0000","printed":"#
            )
        )
        #expect(
            lines[0].contains(
                #""total":{"value":-27.80,"currency":"EUR","minor_units":-2780,"printed":"-27.80","confidence":0.9,"reason":"right of \"TOTAL\"","is_correction":false,"is_unverified":false,"evidence":[{"page":1,"box":[1,2,3,4],"words":"-27.80"}]}"#
            )
        )
        #expect(
            lines[0].contains(
                #""items":{"value":[{"name":"Milk","quantity":null,"price":1.29},{"name":"Bag","quantity":null,"price":null}],"#
            )
        )
        #expect(lines[1].contains(#""record":{"merchant":null,"date":null,"currency":null,"#))
    }

    @Test(arguments: [0, 1, 3])
    func `an array is JSON whatever its length`(count: Int) throws {
        let rows = Array(repeating: document, count: count)
        let text = try export(rows, ExportOptions(format: .json))
        let array = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
        )
        #expect(array.count == count)
        if count > 0 { #expect(array[0]["path"] as? String == document.path) }
    }

    @Test func `decimals beyond binary floating point keep every digit`() throws {
        let record = [FieldDefinition(name: "x", type: .number)]
        let text = try export(
            [row("p", ["x": .number(decimal(9_007_199_254_740_993, 2))])],
            record: record,
            ExportOptions(format: .jsonLines)
        )
        #expect(text.contains(#""value":90071992547409.93,"#))
    }

    @Test func `each item has an object with its place`() throws {
        let text = try export(
            [document, row("b")],
            ExportOptions(format: .jsonLines, rowsOf: "items")
        )
        let lines = text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].contains(#"","row":2,"#))
        #expect(
            lines[1].contains(#""items":{"value":{"name":"Bag","quantity":null,"price":null},"#)
        )
        #expect(lines[2].contains(#""row":null,"#))
    }
}
