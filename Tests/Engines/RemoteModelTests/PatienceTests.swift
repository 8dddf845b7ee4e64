import Testing
import WebAccess

@testable import RemoteModel

/// What is decided without a server.
@Suite struct PatienceTests {
    @Test func `pauses are random up to a bound that doubles`() {
        var options = RemoteOptions()
        options.attempts = 8
        for (jitter, expected) in [
            (1.0, [1.0, 2, 4, 8, 16, 30, 30]), (0.25, [0.25, 0.5, 1, 2, 4, 7.5, 7.5]),
            (0, [0, 0, 0, 0, 0, 0, 0]),
        ] {
            var plan = RetryPlan(options)
            var pauses: [Duration] = []
            while let pause = plan.failed(.connection(.lost(detail: "")), jitter: jitter) {
                pauses.append(pause)
            }
            #expect(pauses == expected.map { .seconds($0) })
        }
    }

    @Test(arguments: [
        AttemptFault.tooLong, .cancelled, .movedTo("x"),
        .connection(.notTrusted(host: "h", detail: "expired")),
        .refused(.init(status: 400, words: "", wholeWords: "", retryAfter: nil)),
        .refused(
            .init(
                status: 429,
                words: "",
                wholeWords: #"{"code":"insufficient_quota"}"#,
                retryAfter: nil
            )
        ),
    ])
    func `what cannot pass is not tried again`(fault: AttemptFault) {
        var plan = RetryPlan(RemoteOptions())
        #expect(plan.failed(fault, jitter: 0) == nil)
    }

    @Test func `a server is left alone longer and longer while it does not come back`() {
        var breaker = CircuitBreaker(failuresToOpen: 2, pause: .seconds(60))
        var now = ContinuousClock.now
        func ask() -> CircuitBreaker.Verdict { breaker.ask(now: now) }
        func fail() -> Bool { breaker.failed(now: now) }
        #expect(ask() == .ask)
        #expect(!fail())
        #expect(fail())
        for pause in [60, 120, 240, 480, 480] {
            #expect(ask() == .leave(for: .seconds(pause)))
            now += .seconds(pause)
            #expect(ask() == .ask)
            // One question only tries it.
            #expect(ask() != .ask)
            #expect(fail())
        }
        now += .seconds(480)
        #expect(ask() == .ask)
        breaker.abandoned(now: now)
        #expect(ask() == .ask)
        breaker.succeeded()
        #expect(ask() == .ask)
        #expect(ask() == .ask)
    }

    @Test func `events are put together however they are cut`() {
        let text = "data: {\"a\":\r\ndata: 1}\r\n\r\n: ping\n\nevent: x\ndata:two\n\ndata: [DONE]"
        let expected = ["{\"a\":\n1}", "two", "[DONE]"]
        for size in 1...text.utf8.count {
            var (stream, events) = (EventStream(), [[UInt8]]())
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                events += stream.take(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            events += stream.end()
            #expect(events.map { String(decoding: $0, as: UTF8.self) } == expected)
        }
    }

    @Test func `a refusal that names nothing changes nothing`() {
        var dialect = ChatDialect()
        func learns(_ words: String, hasFormat: Bool) -> Bool {
            dialect.learn(
                from: .init(
                    status: 400,
                    words: "",
                    wholeWords: "",
                    retryAfter: nil,
                    message: words
                ),
                hasFormat: hasFormat
            )
        }
        #expect(!learns("I do not like this picture", hasFormat: true))
        #expect(!learns("unknown response_format", hasFormat: false))
        #expect(!learns("The stream broke off: no seed at this temperature", hasFormat: true))
        #expect(!learns("mainstream models are seeded; 'streams' are not", hasFormat: true))
        #expect(dialect == ChatDialect())
        // Every step is one down: no server can keep us asking.
        var steps = 0
        while learns(
            "chat_template_kwargs stream_options top_logprobs 'seed' `Temperature` field stream schema max_completion_tokens",
            hasFormat: true
        ) {
            steps += 1
        }
        #expect(steps == 11)
    }
}
