/// Words from a server, as they may be shown on a terminal.
public enum PlainWords {
    /// The words without control characters, cut to a line's length.
    public static func of(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.lazy
                    .filter { $0.properties.generalCategory != .control }
                    .filter { $0.properties.generalCategory != .format }
                    .prefix(200)
            )
        )
    }
}
