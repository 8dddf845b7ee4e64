/// Text from outside made fit for a message.
public enum PlainLine {
    /// One line without control characters, of at most 300 characters.
    public static func of(_ text: some StringProtocol) -> String {
        let scalars = text.unicodeScalars.prefix(1200).map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: " "
            default: scalar
            }
        }
        let line = String(String.UnicodeScalarView(scalars))
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > 300 ? line.prefix(299) + "…" : line
    }
}
