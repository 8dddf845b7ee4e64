import Foundation
import Testing

/// What is read of a document depends on the document alone.
@Suite(.serialized)
struct WorkerTests {
    private static let pictures = [
        "receipts/bakery.png", "receipts/bookshop.webp", "receipts/coffee.heic",
        "receipts/faint.jpg",
        "receipts/skewed.png", "receipts/upside-down.jpg", "receipts/hotel.tiff",
        "receipts/scanned.pdf",
        "receipts/blank.jpg", "orientations/1.jpg", "orientations/6.jpg", "letters/letter.pdf",
        "broken/truncated.png", "broken/palette.png", "broken/bomb.png", "broken/header-only.jpg",
    ]

    private static let pipeline = """
        pipeline: texts
        input: {folders: [documents], include: ["**/*"], settle: 0s}
        record:
          total: {type: money}
          date: {type: date}
        steps:
          - read: text
            prepare: [orient, deskew, contrast, scale]
            layout: block
          - find: [total, date]
        output: {table: texts}
        """

    private static let everything = """
        SELECT d.sha256, p.number, p.width, p.height, p.source, p.is_blank, p.turned_by, p.is_cut_short,
            p.warnings, p.failure_reason, p.failure_detail, t.text, t.words
        FROM page p JOIN job j ON j.id = p.job JOIN document d ON d.id = j.document
        LEFT JOIN text t ON t.page = p.id ORDER BY d.sha256, p.number
        """
    private static let values = """
        SELECT d.sha256, v.field, v.content, v.printed, v.confidence, v.evidence, v.reason, v.chosen
        FROM value v JOIN document d ON d.id = v.document ORDER BY 1, 2, 3, 4, 5, 6
        """

    @Test func `shuffled documents through reused workers read as by fresh ones`() async throws {
        let inOrder = try Workplace()
        try inOrder.use(Self.pipeline)
        for (index, picture) in Self.pictures.enumerated() {
            try inOrder.copy(picture, as: "\(10 + index).bin")
        }
        let first = try await inOrder.run("--jobs", "1")
        #expect(first.isConserved, first.ended.words)

        let shuffled = try Workplace()
        try shuffled.use(Self.pipeline)
        var random = SplitMix(state: 4471)
        for (index, picture) in Self.pictures.shuffled(using: &random).enumerated() {
            try shuffled.copy(picture, as: "\(10 + index).bin")
        }
        let second = try await shuffled.run("--jobs", "2")
        #expect(second.isConserved, second.ended.words)

        let fresh = try Workplace()
        try fresh.use(Self.pipeline)
        for picture in Self.pictures {
            // Every run starts its workers anew, and here they read one document.
            try fresh.copy(picture)
            try await fresh.run("--jobs", "1")
        }

        for query in [Self.everything, Self.values] {
            let expected = try StoredRows(fresh.database).lines(query)
            #expect(expected.count > 10)
            #expect(try StoredRows(inOrder.database).lines(query) == expected)
            #expect(try StoredRows(shuffled.database).lines(query) == expected)
        }
    }
}
