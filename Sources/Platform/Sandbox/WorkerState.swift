internal import Glibc
internal import SystemPackage

/// What a worker's thread and those who ask it share, under one lock.
///
/// Calls give back what is left to do once the lock is free: to wake those who waited.
struct WorkerState {
    typealias Wake = @Sendable () -> Void

    struct Sending {
        var ticket: Int
        var writer: FrameWriter
        var deadline: SuspendingClock.Instant
        var continuation: CheckedContinuation<Result<Void, ChannelError>, Never>
    }

    struct Receiving {
        var ticket: Int
        var descriptorLimit: Int
        var deadline: SuspendingClock.Instant
        var continuation: CheckedContinuation<Result<Message?, ChannelError>, Never>
    }

    var reader: FrameReader
    var exit: WorkerExit?
    var wasKilled = false
    var waiting: [CheckedContinuation<WorkerExit, Never>] = []
    private var sending: Sending?
    private var receiving: Receiving?
    /// The first error after which the stream has no known place to go on from.
    private var broken: ChannelError?
    private var lastTicket = 0

    init(reader: FrameReader) {
        self.reader = reader
    }

    /// A name for one call, to cancel it by.
    mutating func newTicket() -> Int {
        lastTicket += 1
        return lastTicket
    }

    /// What to wait for on the channel.
    var channelEvents: Int16 {
        Int16((receiving == nil ? 0 : POLLIN) | (sending == nil ? 0 : POLLOUT))
    }

    var nextDeadline: SuspendingClock.Instant? {
        [sending?.deadline, receiving?.deadline].compactMap(\.self).min()
    }

    mutating func begin(_ new: Sending, _ channel: FileDescriptor) -> Wake {
        precondition(sending == nil, "a worker is sent one message at a time")
        sending = new
        return advanceSending(channel, now: .now)
    }

    mutating func begin(_ new: Receiving, _ channel: FileDescriptor) -> Wake {
        precondition(receiving == nil, "a worker's messages are received one at a time")
        receiving = new
        return advanceReceiving(channel, now: .now)
    }

    mutating func cancel(_ ticket: Int) -> Wake {
        if let call = sending, call.ticket == ticket { return finishSending(.failure(.cancelled)) }
        if let call = receiving, call.ticket == ticket {
            return finishReceiving(.failure(.cancelled))
        }
        return {}
    }

    /// Moves what can be moved without waiting.
    mutating func advance(_ channel: FileDescriptor, now: SuspendingClock.Instant) -> Wake {
        let (sent, received) = (
            advanceSending(channel, now: now), advanceReceiving(channel, now: now)
        )
        return {
            sent()
            received()
        }
    }

    /// The worker has ended: what it said before is still heard.
    mutating func end(_ exit: WorkerExit, _ channel: FileDescriptor) -> Wake {
        self.exit = exit
        let moved = advance(channel, now: .now)
        let waiting = waiting
        self.waiting = []
        return {
            moved()
            for continuation in waiting { continuation.resume(returning: exit) }
        }
    }

    private mutating func advanceSending(
        _ channel: FileDescriptor,
        now: SuspendingClock.Instant
    ) -> Wake {
        guard var call = sending else { return {} }
        do throws(ChannelError) {
            if let broken { throw broken }
            if try call.writer.advance(to: channel) { return finishSending(.success(())) }
            if exit != nil { throw .closed }
            if call.deadline <= now { throw .timedOut }
            sending = call
            return {}
        } catch {
            return finishSending(.failure(error))
        }
    }

    private mutating func advanceReceiving(
        _ channel: FileDescriptor,
        now: SuspendingClock.Instant
    ) -> Wake {
        guard let call = receiving else { return {} }
        if let broken { return finishReceiving(.failure(broken)) }
        do throws(ChannelError) {
            switch try reader.advance(from: channel, descriptorLimit: call.descriptorLimit) {
            case .message(let message): return finishReceiving(.success(message))
            case .end: return finishReceiving(.success(nil))
            case .waiting where exit != nil: return finishReceiving(.success(nil))
            case .waiting where call.deadline <= now: return finishReceiving(.failure(.timedOut))
            case .waiting: return {}
            }
        } catch {
            broken = error
            return finishReceiving(.failure(error))
        }
    }

    private mutating func finishSending(_ result: Result<Void, ChannelError>) -> Wake {
        guard let call = sending else { return {} }
        sending = nil
        // Half a message has gone, or may have: nothing sensible can follow it.
        if case .failure(let error) = result, broken == nil { broken = error }
        return { call.continuation.resume(returning: result) }
    }

    private mutating func finishReceiving(_ result: Result<Message?, ChannelError>) -> Wake {
        guard let call = receiving else { return {} }
        receiving = nil
        return { call.continuation.resume(returning: result) }
    }
}
