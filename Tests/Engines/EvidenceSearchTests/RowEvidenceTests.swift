import EvidenceSearch
import Records
import Testing

@Suite struct RowEvidenceTests {
    let items = field(
        "items",
        .list([
            ListColumn(name: "name", type: .text), ListColumn(name: "quantity", type: .number),
            ListColumn(name: "price", type: .money),
        ])
    )
    let search = EvidenceSearch(pages: [
        page([
            "CORNER SHOP", "2 Milk 1.50   3.00", "Bread   1.50", "Milk   1.50", "TOTAL   6.00",
            "CASH   6.00",
        ])
    ])

    func row(_ name: String, _ quantity: String, _ price: String) -> [String: FieldContent] {
        ["name": .text(name), "quantity": .number(decimal(quantity)), "price": money(price)]
    }

    @Test func `rows are found in their order down the page, each with all its cells`() {
        let rows = [row("Milk", "2", "3.00"), row("Bread", "1", "1.50"), row("Milk", "1", "1.50")]
        let matches = search.find(rows: rows, field: items)
        #expect(matches.map { $0.evidence.first?.box.y } == [30, 60, 90])
        #expect(matches.allSatisfy { $0.missing.isEmpty })
        #expect(matches[0].evidence.count == 1)
        #expect(matches[0].evidence.first.map { $0.box.width >= 160 } == true)
    }

    @Test func `a row that is not printed is missing, and the others stay where they are`() {
        let rows = [row("Milk", "2", "3.00"), row("Eggs", "1", "2.20"), row("Milk", "1", "1.50")]
        let matches = search.find(rows: rows, field: items)
        #expect(matches[1].missing == ["name", "price"])
        #expect(matches[1].evidence.isEmpty)
        #expect(matches[0].evidence.first?.box.y == 30)
        #expect(matches[2].evidence.first?.box.y == 90)
    }

    @Test func `one piece of something need not be printed, two must be`() {
        let one = search.find(rows: [row("Bread", "1", "1.50")], field: items)
        #expect(one.first?.missing == [])
        let four = search.find(rows: [row("Bread", "4", "1.50")], field: items)
        #expect(four.first?.missing == ["quantity"])
    }

    @Test func `a price of another row is found with less similarity than one beside its name`()
        throws
    {
        let own = search.find(rows: [row("Bread", "1", "1.50")], field: items)
        let other = search.find(rows: [row("Bread", "1", "3.00")], field: items)
        let near = try #require(own.first?.cells["price"])
        let far = try #require(other.first?.cells["price"])
        #expect(near.similarity == 1)
        #expect(far.similarity < 0.9)
    }

    @Test func `a row of several lines is one row, the price in the last of them`() {
        let search = EvidenceSearch(pages: [
            page([
                "EPOXY PUTTY", "WA17 - 12", "9555075106825 1X 2.50   2.50", "CORD TIE", "AF12 - 10",
                "9067170 3X 2.50   7.50", "PAPER CLIP", "MI11 - 12", "9082115 1X 2.50   2.50",
            ])
        ])
        let rows = [
            row("Epoxy Putty", "1", "2.50"), row("Cord Tie", "3", "7.50"),
            row("Paper Clip", "1", "2.50"),
        ]
        let matches = search.find(rows: rows, field: items)
        #expect(matches.map { $0.evidence.first?.box.y } == [0, 90, 180])
        #expect(matches.map { $0.evidence.first?.box.height } == [80, 80, 80])
        #expect(matches.allSatisfy { $0.missing.isEmpty })
    }

    @Test func `a count that stands far from its row is not its count`() {
        let search = EvidenceSearch(pages: [
            page(["Table 4", "", "", "", "", "", "", "Bread   1.50", "Milk   3.00"])
        ])
        let match = search.find(rows: [row("Bread", "4", "1.50")], field: items).first
        #expect(match?.missing == ["quantity"])
        #expect(match?.evidence.first?.box.height == 20)
    }

    @Test func `a long list over many pages is found in reasonable time`() {
        let pages = (1...50).map { number in
            page((0..<40).map { "Article \(number * 40 + $0)   \($0).95" }, number: number)
        }
        let search = EvidenceSearch(pages: pages)
        let rows = (0..<200).map { row("Article \(40 + $0)", "1", "\($0 % 40).95") }
        let time = ContinuousClock().measure {
            let matches = search.find(rows: rows, field: items)
            #expect(matches.allSatisfy { $0.missing.isEmpty })
            #expect(matches.map { $0.evidence.first?.page } == rows.indices.map { $0 / 40 + 1 })
        }
        #expect(time < .seconds(60), "\(time)")
    }
}
