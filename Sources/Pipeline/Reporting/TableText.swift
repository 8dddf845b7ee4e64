/// Reads a table of separated cells (RFC 4180): cells in quotes may hold separators, line breaks and doubled quotes.
enum TableText {
    /// One row, and the line of the file in which it begins.
    struct Row: Equatable {
        var line: Int
        var cells: [String]
    }

    /// The rows of a table; the last line may lack its end.
    static func rows(of text: String, separator: Character) -> [Row] {
        var rows: [Row] = []
        var row = Row(line: 1, cells: [])
        var cell = ""
        var line = 1
        var isQuoted = false
        var wasQuote = false
        func isAtStart() -> Bool { cell.isEmpty && !wasQuote }
        for character in text {
            if character.isNewline { line += 1 }
            if isQuoted {
                if character == "\"" {
                    isQuoted = false
                    wasQuote = true
                } else {
                    cell.append(character)
                }
                continue
            }
            switch character {
            case "\"" where wasQuote:
                // Doubled: it is part of the cell, which goes on.
                cell.append("\"")
                isQuoted = true
                wasQuote = false
            case "\"" where isAtStart(): isQuoted = true
            case separator:
                row.cells.append(cell)
                cell = ""
                wasQuote = false
            case _ where character.isNewline:
                row.cells.append(cell)
                rows.append(row)
                row = Row(line: line, cells: [])
                cell = ""
                wasQuote = false
            default: cell.append(character)
            }
        }
        if !cell.isEmpty || !row.cells.isEmpty || wasQuote {
            row.cells.append(cell)
            rows.append(row)
        }
        return rows
    }
}
