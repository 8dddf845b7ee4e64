/// What a spreadsheet expects in a table, by the language and country that it is set to.
public struct ExportLocale: Hashable, Sendable {
    /// The language and country, such as `de_DE`.
    public let identifier: String
    /// The decimal sign: a comma or a point.
    public let decimalSign: Character
    /// What stands between two cells: a semicolon where the comma is taken by decimals.
    public let separator: Character

    /// The locale of a name such as `de_DE`, `de-DE`, `de_DE.UTF-8` or `de`; nil for a language that Docket does not know.
    public init?(_ name: String) {
        let base = name.prefix { $0 != "." && $0 != "@" }
        let parts = base.split(whereSeparator: { $0 == "_" || $0 == "-" })
        guard let first = parts.first, parts.count <= 3 else { return nil }
        let language = first.lowercased()
        let country = parts.count > 1 ? parts.last?.uppercased() : nil
        let isComma: Bool
        if ExportLocale.commaLanguages.contains(language) {
            isComma = !ExportLocale.pointCountries.contains("\(language)_\(country ?? "")")
        } else if ExportLocale.pointLanguages.contains(language) {
            isComma = country == "ZA"
        } else {
            return nil
        }
        identifier = country.map { "\(language)_\($0)" } ?? language
        decimalSign = isComma ? "," : "."
        // Switzerland writes decimal points, and its spreadsheets still separate by semicolons.
        separator = isComma || country == "CH" || country == "LI" ? ";" : ","
    }

    /// The languages that are known, for messages.
    public static var knownLanguages: [String] { (commaLanguages + pointLanguages).sorted() }

    private static let commaLanguages = [
        "af", "be", "bg", "bs", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi", "fo", "fr",
        "gl", "hr", "hu", "hy", "id", "is", "it", "ka", "kk", "lt", "lv", "mk", "nb", "nl", "nn",
        "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk", "uz", "vi",
    ]
    private static let pointLanguages = [
        "ar", "bn", "cy", "en", "fa", "ga", "he", "hi", "ja", "ko", "ms", "mt", "sw", "ta", "th",
        "ur", "zh",
    ]
    /// Countries that write a decimal point though the language's others do not.
    private static let pointCountries: Set<String> = [
        "de_CH", "de_LI", "it_CH", "es_MX", "es_US", "es_PR", "es_GT", "es_HN", "es_NI", "es_PA",
        "es_SV", "es_DO", "es_PE", "es_419",
    ]
}
