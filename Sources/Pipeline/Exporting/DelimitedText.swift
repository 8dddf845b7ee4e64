/// Writes rows of cells as CSV or TSV.
struct DelimitedText {
    private let separator: UInt8
    private let lineEnd: [UInt8]
    private let decimalSign: UInt8
    /// For a spreadsheet: what it would execute is neutralised, and text is quoted, so that one which is told to
    /// take quoted cells as text keeps the zeros that a number would lose.
    private let isForSpreadsheet: Bool
    /// What a file begins with.
    let start: [UInt8]

    init(format: ExportFormat, profile: ExportProfile) {
        let isTabbed = format == .tsv
        lineEnd = isTabbed ? Array("\n".utf8) : Array("\r\n".utf8)
        switch profile {
        case .machine:
            separator = UInt8(ascii: isTabbed ? "\t" : ",")
            decimalSign = UInt8(ascii: ".")
            isForSpreadsheet = false
            start = []
        case .excel(let locale):
            separator =
                isTabbed ? UInt8(ascii: "\t") : locale.separator.asciiValue ?? UInt8(ascii: ",")
            decimalSign = locale.decimalSign.asciiValue ?? UInt8(ascii: ".")
            isForSpreadsheet = true
            // Without it, Excel takes UTF-8 for the machine's old code page.
            start = [0xEF, 0xBB, 0xBF]
        }
    }

    /// One line.
    func line(_ cells: some Sequence<Cell>) -> [UInt8] {
        var line: [UInt8] = []
        var isFirst = true
        for cell in cells {
            if !isFirst { line.append(separator) }
            isFirst = false
            switch cell {
            case .empty: break
            case .text(let text): append(text, to: &line)
            case .number(let number):
                // A number with a decimal comma must be quoted where commas separate.
                var bytes = Array(number.utf8)
                if let point = bytes.firstIndex(of: UInt8(ascii: ".")) {
                    bytes[point] = decimalSign
                }
                append(bytes, alwaysQuoted: false, to: &line)
            case .date(let date): line += Array(date.utf8)
            }
        }
        return line + lineEnd
    }

    private func append(_ text: String, to line: inout [UInt8]) {
        var bytes = Array(text.utf8)
        if bytes.contains(0) {
            // No reader of tables takes a zero byte: many end there.
            bytes = Array(text.map { $0 == "\0" ? "\u{FFFD}" : $0 }.map(String.init).joined().utf8)
        }
        if isForSpreadsheet, let first = text.unicodeScalars.first,
            DelimitedText.triggers.contains(first)
        {
            bytes.insert(UInt8(ascii: "'"), at: 0)
        }
        append(bytes, alwaysQuoted: isForSpreadsheet && !bytes.isEmpty, to: &line)
    }

    private func append(_ bytes: [UInt8], alwaysQuoted: Bool, to line: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let needsQuotes =
            alwaysQuoted
            || bytes.contains { byte in
                byte == separator || byte == quote || byte == UInt8(ascii: "\n")
                    || byte == UInt8(ascii: "\r")
            }
        guard needsQuotes else {
            line += bytes
            return
        }
        line.append(quote)
        for byte in bytes {
            if byte == quote { line.append(quote) }
            line.append(byte)
        }
        line.append(quote)
    }

    /// What makes a spreadsheet take text for a formula, the wide forms of East Asian keyboards included.
    private static let triggers: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]
}
