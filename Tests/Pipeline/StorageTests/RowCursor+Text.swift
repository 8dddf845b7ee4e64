import GRDB

extension RowCursor {
    func mapToText(_ name: String) throws -> [String] {
        var lines: [String] = []
        while let row = try next() {
            lines.append("\(name) \(row.databaseValues.map(\.description))")
        }
        return lines
    }
}
