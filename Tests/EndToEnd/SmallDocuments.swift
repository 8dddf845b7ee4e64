import Foundation
import Testing

/// Two dozen small documents of many kinds, read in a few seconds, with every kind of outcome among them.
enum SmallDocuments {
    static let pipeline = """
        pipeline: small
        input: {folders: [documents], include: ["**/*"], settle: 0s}
        record:
          merchant: {type: text}
          date: {type: date, required: true}
          total: {type: money, required: true}
        steps:
          - read: text
            prepare: [orient]
          - find: [merchant, date, total]
          - ask: Which shop is it?
            fills: [merchant]
            when: {missing: [merchant]}
          - check: [total is at least 0, date is not in the future]
        output: {table: small}
        """

    static func write(into place: Workplace) throws {
        try place.use(pipeline)
        // The last three dates read both ways, and nothing on the paper shows a country: the others decide them when
        // the folder is done.
        let dates = [
            "23/09/2025", "14/06/2025", "28/02/2025", "30/08/2025", "03/04/2025", "05/06/2025",
            "01/02/2025",
        ]
        for (index, date) in dates.enumerated() {
            let text = """
                Corner Shop \(index + 1)
                \(index + 1) Mill Lane, Brindleford
                Date: \(date)
                Bread \(index).20
                TOTAL \(index).20

                """
            try place.write(text, to: "bills/\(index + 1).txt")
        }
        for number in 1...4 { try place.copy("orientations/\(number).jpg") }
        let strip = try GreyStrip(contentsOf: Project.fixture("broken/letter.pnm"))
        try place.write(strip.tiff(pages: 6), to: "pages.tif")
        try place.copy("letters/letter.pdf")
        try place.copy("letters/minutes.md")
        try place.copy("broken/letter.pnm")
        try place.copy("broken/palette.png")
        try place.copy("broken/letter.pnm", as: "z-copy.pnm")
        try place.copy("broken/header-only.jpg")
        try place.copy("broken/archive.pdf")
        try place.copy("broken/truncated.png")
        try place.write([], to: "empty.png")
        mkfifo(place.document("pipe.png").path, 0o600)
    }
}

/// The export of a run over ``SmallDocuments`` that nobody disturbed, made once for all tests.
actor UndisturbedRun {
    static let shared = UndisturbedRun()

    private var text: String?

    func export(of place: Workplace) async throws -> String {
        if let text { return text }
        let run = try await place.run("--jobs", "2")
        #expect(run.status == 1 && run.isConserved, run.ended.words)
        #expect(run["found"] == 22 && run["duplicate"] == 1 && run["skipped"] == 1, run.ended.words)
        let export = try await place.export("--format", "jsonl")
        place.removeDatabase()
        let made = export.replacing(place.folder.path, with: "PLACE")
        text = made
        return made
    }
}

/// A grey picture in memory, and files made of it.
struct GreyStrip {
    let width: Int
    let height: Int
    let pixels: [UInt8]

    /// Reads a binary PGM.
    init(contentsOf file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        var numbers: [Int] = []
        var index = 2
        while numbers.count < 3 {
            let end = bytes[index...].firstIndex { !(48...57).contains($0) } ?? bytes.count
            if end > index {
                numbers.append(Int(String(decoding: bytes[index..<end], as: UTF8.self)) ?? 0)
            }
            index = end + 1
        }
        (width, height) = (numbers[0], numbers[1])
        pixels = Array(bytes[index...].prefix(width * height))
    }

    /// A TIFF without compression; each page lies a little lower than the one before.
    func tiff(pages: Int) -> [UInt8] {
        var file: [UInt8] = Array("II".utf8) + [42, 0]
        var link = file.count
        file += [0, 0, 0, 0]
        func little(_ value: Int, _ count: Int = 4) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        for page in 0..<pages {
            let offset = file.count
            file += Array(repeating: 255, count: page * width) + pixels.dropLast(page * width)
            if file.count % 2 == 1 { file.append(0) }
            let directory = file.count
            file.replaceSubrange(link..<(link + 4), with: little(directory))
            let entries: [(tag: Int, value: Int)] = [
                (256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, offset), (277, 1),
                (278, height), (279, width * height),
            ]
            file += little(entries.count, 2)
            for entry in entries {
                let isShort = entry.value < 65536
                file += little(entry.tag, 2) + little(isShort ? 3 : 4, 2) + little(1)
                file += little(entry.value)
            }
            link = file.count
            file += [0, 0, 0, 0]
        }
        return file
    }
}
