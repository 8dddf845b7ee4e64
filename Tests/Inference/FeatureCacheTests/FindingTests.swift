import FeatureCache
import Foundation
import Qwen
import SystemPackage
import Testing

/// What may be served and what may not.
@Suite struct FindingTests {
    private let place = CachePlace()
    private let receipt = DrawnReceipt.numbered(1)

    private func holding() -> FeatureCache {
        let cache = place.open()
        cache.store(features(1), of: receipt.seen)
        return cache
    }

    @Test
    func `the same pixels get their features back, whatever the digits, also from another process`()
    {
        let cache = holding()
        #expect(cache.lookUp(SeenPicture(receipt.drawn(), digits: nil)) == .exact(features(1)))
        #expect(place.open().lookUp(receipt.seen) == .exact(features(1)))
        #expect(place.said.isEmpty)
    }

    @Test func `features come back as they are rounded`() throws {
        let cache = place.open()
        let odd = PictureFeatures(
            grid: PatchGrid(time: 1, rows: 2, columns: 2),
            tokenCount: 1,
            width: 4,
            embeddings: [0.1, -70000, 1e-9, 3.14159],
            deepstack: []
        )
        cache.store(odd, of: receipt.seen)
        #expect(cache.lookUp(receipt.seen) == .exact(try odd.roundedToHalf()))
    }

    @Test func `another model finds nothing`() {
        _ = holding()
        #expect(place.open(model: "another").lookUp(receipt.seen) == .nothing)
    }

    @Test(arguments: [60, 70, 80, 90, 95])
    func `a copy that was saved again is served the first one's features`(quality: Int) {
        let cache = holding()
        let copy = SeenPicture(receipt.drawn().coded(quality: quality), digits: receipt.digits)
        #expect(cache.lookUp(copy) == .near(features(1), donor: receipt.seen.key))
    }

    @Test(arguments: [(1, 0), (0, -1), (-1, 1)])
    func `so is one that was moved by a pixel`(x: Int, y: Int) {
        let cache = holding()
        let copy = SeenPicture(receipt.drawn().moved(x: x, y: y), digits: receipt.digits)
        #expect(cache.lookUp(copy) == .near(features(1), donor: receipt.seen.key))
    }

    @Test func `so is one with noise`() {
        let cache = holding()
        let copy = SeenPicture(receipt.drawn().withNoise(4), digits: receipt.digits)
        #expect(cache.lookUp(copy) == .near(features(1), donor: receipt.seen.key))
    }

    @Test(arguments: [0, 5, 11, 17])
    func `one other digit is another picture, even where the digits were misread alike`(line: Int) {
        let cache = holding()
        let other = receipt.withOtherDigit(line: line, place: line).drawn()
        for picture in [other, other.coded(quality: 60), other.moved(x: 1, y: 0)] {
            let finding = cache.lookUp(SeenPicture(picture, digits: receipt.digits))
            #expect(finding == .absent(rejectedNear: 1, likelyDuplicate: nil))
        }
    }

    @Test(arguments: [0, 9])
    func `a line that is gone is another picture`(line: Int) {
        let cache = holding()
        let finding = cache.lookUp(
            SeenPicture(receipt.withoutLine(line).drawn(), digits: receipt.digits)
        )
        guard case .absent(_, nil) = finding else {
            Issue.record("\(finding)")
            return
        }
    }

    @Test
    func
        `of a page that was reduced, a copy with other digits, or that nobody read, is not served`()
    {
        let cache = place.open()
        let source = SeenPicture.Sides(width: 224 * 2, height: 320 * 2)
        cache.store(
            features(1),
            of: SeenPicture(receipt.drawn(), digits: receipt.digits, source: source)
        )
        let copy = receipt.drawn().coded(quality: 95)
        for digits in [receipt.digits + "1", nil] {
            let finding = cache.lookUp(SeenPicture(copy, digits: digits, source: source))
            #expect(finding == .absent(rejectedNear: 1, likelyDuplicate: nil))
        }
        let same = SeenPicture(copy, digits: receipt.digits, source: source)
        #expect(cache.lookUp(same) == .near(features(1), donor: receipt.seen.key))
    }

    @Test func `of a page that was not reduced, a copy is served however its digits were misread`()
    {
        let copy = receipt.drawn().coded(quality: 90)
        for digits in [receipt.digits + "1", nil] {
            let finding = holding().lookUp(SeenPicture(copy, digits: digits))
            #expect(finding == .near(features(1), donor: receipt.seen.key))
        }
    }

    @Test func `a copy whose colour is another is not served`() {
        let cache = holding()
        let plain = receipt.drawn()
        var pixels = plain.pixels
        // A stamp: as bright as the paper, and red.
        for row in 150..<180 {
            for column in 120..<150 {
                let place = (row * plain.width + column) * 3
                pixels[place] = 255
                pixels[place + 1] = UInt8(max(0, Int(pixels[place + 1]) - 16))
                pixels[place + 2] = UInt8(max(0, Int(pixels[place + 2]) - 100))
            }
        }
        let stamped = RGBPicture(width: plain.width, height: plain.height, pixels: pixels)
        let finding = cache.lookUp(SeenPicture(stamped, digits: receipt.digits))
        #expect(finding == .absent(rejectedNear: 1, likelyDuplicate: nil))
    }

    @Test func `the page at another size is told, not served, even in the same patches`() {
        let cache = holding()
        let scaled = receipt.drawn().scaled(width: 256, height: 352)
        let expected = Finding.absent(rejectedNear: 0, likelyDuplicate: receipt.seen.key)
        #expect(cache.lookUp(SeenPicture(scaled, digits: receipt.digits)) == expected)
        let sameSides = SeenPicture(
            receipt.drawn().withNoise(2),
            digits: receipt.digits,
            source: .init(width: 246, height: 352)
        )
        #expect(cache.lookUp(sameSides) == expected)
    }

    @Test func `a page that was reduced until digits are dots is served to the same pixels only`() {
        let cache = place.open()
        let source = SeenPicture.Sides(width: 224 * 9, height: 320 * 9)
        let seen = SeenPicture(receipt.drawn(), digits: receipt.digits, source: source)
        cache.store(features(1), of: seen)
        let copy = SeenPicture(
            receipt.drawn().withNoise(1),
            digits: receipt.digits,
            source: source
        )
        #expect(cache.lookUp(copy) == .absent(rejectedNear: 1, likelyDuplicate: nil))
        #expect(cache.lookUp(seen) == .exact(features(1)))
    }

    @Test func `fifty receipts of one form are fifty pictures`() {
        let cache = place.open()
        for number in 0..<50 {
            // The same shop, the same lines but one.
            let receipt = DrawnReceipt(
                lines: receipt.lines.dropLast() + ["4711 \(number) 00"]
            )
            guard case .absent(_, nil) = cache.lookUp(SeenPicture(receipt.drawn(), digits: "same"))
            else {
                Issue.record("receipt \(number)")
                continue
            }
            cache.store(features(number), of: SeenPicture(receipt.drawn(), digits: "same"))
        }
    }

    @Test func `a copy does not become a donor, so that copies of copies do not drift away`() {
        let cache = holding()
        for quality in [90, 80, 70] {
            let copy = SeenPicture(receipt.drawn().coded(quality: quality), digits: receipt.digits)
            #expect(cache.lookUp(copy) == .near(features(1), donor: receipt.seen.key))
        }
        #expect(place.entryFiles().count == 1)
    }

    @Test
    func
        `what another process adds after the cache was opened is no donor, and served for the same pixels`()
    {
        let early = place.open()
        place.open().store(features(1), of: receipt.seen)
        let copy = SeenPicture(receipt.drawn().coded(quality: 90), digits: receipt.digits)
        #expect(early.lookUp(copy) == .nothing)
        #expect(place.open().lookUp(copy) == .near(features(1), donor: receipt.seen.key))
        // Without the other process it would have been computed and stored here.
        #expect(early.lookUp(receipt.seen) == .exact(features(1)))
        #expect(early.lookUp(copy) == .near(features(1), donor: receipt.seen.key))
    }

    // MARK: Out of the order of documents

    @Test(arguments: [1, 2])
    func `who asks for the same pixels gets nothing else, however little a page was reduced`(
        reduction: Int
    ) {
        let cache = place.open()
        let source = SeenPicture.Sides(width: 224 * reduction, height: 320 * reduction)
        let seen = SeenPicture(receipt.drawn(), digits: receipt.digits, source: source)
        cache.store(features(1), of: seen)
        let copy = SeenPicture(
            receipt.drawn().coded(quality: 95),
            digits: receipt.digits,
            source: source
        )
        #expect(cache.lookUpSame(copy) == nil)
        #expect(cache.lookUpSame(seen) == features(1))
        #expect(cache.lookUp(copy) == .near(features(1), donor: seen.key))
    }

    @Test func `what is looked up so teaches the cache nothing`() {
        let early = place.open()
        place.open().store(features(1), of: receipt.seen)
        let copy = SeenPicture(receipt.drawn().coded(quality: 90), digits: receipt.digits)
        #expect(early.lookUpSame(receipt.seen) == features(1))
        #expect(early.lookUp(donor: receipt.seen.key) == features(1))
        #expect(early.lookUp(copy) == .nothing)
    }

    @Test func `a donor is found by its name as long as it is there`() throws {
        let cache = holding()
        #expect(cache.lookUp(donor: receipt.seen.key) == features(1))
        let other = DrawnReceipt.numbered(2).seen.key
        for name in [other, "", "a", "+1", "\u{00e9}\u{00e9}", receipt.seen.key.uppercased() + "0"]
        {
            #expect(cache.lookUp(donor: name) == nil)
        }
        for file in place.entryFiles() { try FileManager.default.removeItem(at: file) }
        #expect(cache.lookUp(donor: receipt.seen.key) == nil)
        #expect(place.said.isEmpty)
    }
}
