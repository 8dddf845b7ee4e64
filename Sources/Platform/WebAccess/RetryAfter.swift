public import FoundationEssentials

/// How long a server asks us to wait.
///
/// Source: RFC 9110, 10.2.3.
public enum RetryAfter {
    /// Reads the field `Retry-After`: seconds, or a date.
    ///
    /// - Parameters:
    ///   - text: The field; nil without one.
    ///   - now: The time by the clock on the wall.
    /// - Returns: How long from now, some 12 days at most; nil when the field says nothing.
    public static func duration(_ text: String?, now: Date = Date()) -> Duration? {
        guard let text else { return nil }
        if let seconds = Int(text) {
            return seconds < 0 ? nil : .seconds(min(seconds, 1_000_000))
        }
        guard let date = date(text) else { return nil }
        return .seconds(max(0, min(date.timeIntervalSince(now), 1_000_000)))
    }

    /// Reads a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func date(_ text: String) -> Date? {
        let words = text.split { " ,:".contains($0) }
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        guard words.count == 8, words[7] == "GMT",
            let month = months.firstIndex(of: String(words[2])), let day = Int(words[1]),
            let year = Int(words[3]), let hour = Int(words[4]), let minute = Int(words[5]),
            let second = Int(words[6]), (1970...9999).contains(year),
            [day, hour, minute, second].allSatisfy((0...60).contains)
        else { return nil }
        var parts = DateComponents()
        (parts.year, parts.month, parts.day) = (year, month + 1, day)
        (parts.hour, parts.minute, parts.second) = (hour, minute, second)
        parts.timeZone = .gmt
        return Calendar(identifier: .gregorian).date(from: parts)
    }
}
