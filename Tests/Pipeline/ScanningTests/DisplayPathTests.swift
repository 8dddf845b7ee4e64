import Scanning
import Testing

@Suite struct DisplayPathTests {
    @Test(arguments: [
        ("Scans/Beleg 1.jpg", "Scans/Beleg 1.jpg"),
        ("Zürich/収據🧾.jpg", "Zürich/収據🧾.jpg"),
        ("a\nb\tc", "a\\x0Ab\\x09c"),
        ("\u{1B}[31mred", "\\x1B[31mred"),
        ("\u{202E}gpj.exe", "\\xE2\\x80\\xAEgpj.exe"),
        ("\u{85}", "\\xC2\\x85"),
        ("a\\b", "a\\b"),
        ("a\\x0Ab", "a\\x5Cx0Ab"),
        ("می‌خواهم", "می‌خواهم"),
    ])
    func `a path is shown as it is but for what would harm the screen`(path: String, shown: String)
    {
        #expect(displayPath(Array(path.utf8)) == shown)
    }

    @Test func `bytes that are not UTF-8 are shown by their number`() {
        #expect(displayPath([0x52, 0xE9, 0x2E]) == "R\\xE9.")
        #expect(displayPath([0xC3]) == "\\xC3")
        #expect(displayPath([0xED, 0xA0, 0x80]) == "\\xED\\xA0\\x80")
        #expect(displayPath([0xC0, 0xAF, 0xF5, 0x80]) == "\\xC0\\xAF\\xF5\\x80")
        #expect(displayPath([]) == "")
    }
}
