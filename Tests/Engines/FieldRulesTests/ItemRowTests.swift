import FieldRules
import Records
import Testing

@Suite struct ItemRowTests {
    private func rows(_ text: String) -> [[String: String]] {
        let type = FieldType.list([
            ListColumn(name: "name", type: .text), ListColumn(name: "quantity", type: .number),
            ListColumn(name: "price", type: .money),
        ])
        let best = FieldFinder.candidates(
            for: FieldDefinition(name: "items", type: type),
            in: Pages.text(text)
        ).first
        guard case .list(let rows)? = best?.content else { return [] }
        return rows.map { $0.mapValues(\.plain) }
    }

    @Test func `names two rows above and codes between do not lose the first item`() {
        let rows = rows(
            "Shop\nPASTE 50GM\nW7 - 12/44\n7012115 1 X 8.50 8.50\nTAPE\n7012116 2 X 2.50 5.00\nTOTAL 13.50"
        )
        #expect(rows.map { $0["name"] } == ["PASTE 50GM", "TAPE"])
        #expect(rows.map { $0["price"] } == ["8.50", "5.00"])
        #expect(rows.map { $0["quantity"] } == ["1", "2"])
    }

    @Test func `a name below its code and amount belongs to them`() {
        let rows = rows(
            "Shop\nITEM QTY PRICE AMOUNT\n1015 2 12.00 24.00\nYELLOW ROSE\n1012 1 4.00 4.00\nWHITE ROSE\nTOTAL 28.00"
        )
        #expect(rows.map { $0["name"] } == ["YELLOW ROSE", "WHITE ROSE"])
        #expect(rows.map { $0["price"] } == ["24.00", "4.00"])
    }

    @Test func `sums, taxes and counts between the items and the total are no items`() {
        let rows = rows(
            """
            Shop
            Battery              6.40
            Lamp                11.53
            2 Item(s) Total     17.93
            GST @ 6% :           1.08
            Net Total           19.01
            """
        )
        #expect(rows.map { $0["price"] } == ["6.40", "11.53"])
    }
}
