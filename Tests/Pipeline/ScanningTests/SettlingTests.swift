import Scanning
import Testing

@Suite struct SettlingTests {
    private static let second: Int64 = 1_000_000_000
    private static let start: Int64 = 1_700_000_000 * second
    private let settling = Settling(settle: .seconds(2))

    private func stamp(secondsOld: Double, size: Int = 100, changedSecondsOld: Double? = nil)
        -> FileStamp
    {
        FileStamp(
            device: 1,
            inode: 2,
            size: size,
            modified: Self.start - Int64(secondsOld * 1e9),
            changed: Self.start - Int64((changedSecondsOld ?? secondsOld) * 1e9)
        )
    }

    private func decide(_ first: FileStamp, after seconds: Double, _ second: FileStamp? = nil)
        -> Settling.Decision
    {
        settling.decide(
            first: first,
            firstLook: Self.start,
            now: Self.start + Int64(seconds * 1e9),
            second: second
        )
    }

    @Test func `a file left alone for long is ready at the first look`() {
        #expect(decide(stamp(secondsOld: 2), after: 0) == .ready)
        #expect(decide(stamp(secondsOld: 86400), after: 0) == .ready)
    }

    @Test func `a new file waits only for the rest of its time`() {
        #expect(decide(stamp(secondsOld: 0.5), after: 0) == .wait(.milliseconds(1500)))
        #expect(decide(stamp(secondsOld: 0.5), after: 1) == .wait(.milliseconds(500)))
        #expect(decide(stamp(secondsOld: 0.5), after: 5) == .wait(.zero))
    }

    @Test func `a copy that keeps its old modification time is new all the same`() {
        let copied = stamp(secondsOld: 90_000, changedSecondsOld: 0)
        #expect(decide(copied, after: 0) == .wait(.seconds(2)))
    }

    @Test func `a second look decides`() {
        let first = stamp(secondsOld: 0)
        #expect(decide(first, after: 2, first) == .ready)
        #expect(decide(first, after: 1, first) == .wait(.seconds(1)))
        #expect(decide(first, after: 2, stamp(secondsOld: 0, size: 101)) == .stillChanging)
        #expect(decide(first, after: 2, stamp(secondsOld: -1)) == .stillChanging)
    }

    @Test func `a file from the future waits as long as one from now`() {
        let future = stamp(secondsOld: -1_000_000)
        #expect(decide(future, after: 0) == .wait(.seconds(2)))
        #expect(decide(future, after: 2, future) == .ready)
    }

    @Test func `a clock that was set back makes nobody wait longer`() {
        #expect(decide(stamp(secondsOld: 0), after: -3600) == .wait(.seconds(2)))
    }

    @Test func `without settling everything is ready, but for what has changed`() {
        let none = Settling(settle: .zero)
        let file = stamp(secondsOld: 0)
        #expect(
            none.decide(first: file, firstLook: Self.start, now: Self.start, second: nil) == .ready
        )
        let other = stamp(secondsOld: 0, size: 3)
        #expect(
            none.decide(first: file, firstLook: Self.start, now: Self.start, second: other)
                == .stillChanging
        )
    }

    @Test func `absurd times neither trap nor block`() {
        for time in [Int64.min, .max, 0] {
            let file = FileStamp(device: 0, inode: 0, size: 0, modified: time, changed: time)
            let eternal = Settling(settle: .seconds(Int64.max))
            _ = eternal.decide(first: file, firstLook: .min, now: .max, second: nil)
            _ = settling.decide(first: file, firstLook: .max, now: .min, second: file)
            _ = file.isTrustworthy(seenAt: .min)
            _ = file.isTrustworthy(seenAt: .max)
        }
    }

    @Test func `only times two seconds old can be relied on`() {
        #expect(stamp(secondsOld: 2).isTrustworthy(seenAt: Self.start))
        #expect(!stamp(secondsOld: 1.9).isTrustworthy(seenAt: Self.start))
        #expect(!stamp(secondsOld: 100, changedSecondsOld: 1).isTrustworthy(seenAt: Self.start))
        #expect(!stamp(secondsOld: -100).isTrustworthy(seenAt: Self.start))
    }
}
