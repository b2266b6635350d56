package io.millrace.perf.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.perf.result.Latency;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Very many connections that each send a little, in an open loop: with a thread for each, clients of others would measure
 * themselves. A process: {@code Connections SPEC}, see {@link ConnectionsSpec}. When all are open it prints {@code ready}
 * and how many seconds that took; after a line on its standard input it sends; at the end it prints a
 * {@link ConnectionsReport}. Everything is owned by one event loop.
 */
public final class Connections {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String HOST = "127.0.0.1";
    private static final int OPENING_MAX = 100;
    private static final int FRAME_BYTES_MAX = 1 << 20;

    private final ConnectionsSpec spec;
    private final Vertx vertx;
    private final NetClient client;
    private final List<LoadConnection> connections = new ArrayList<>();
    private final List<ProduceFrame> frames = new ArrayList<>();
    private final Histogram acks = Latency.newHistogram();
    private final Promise<Void> ended = Promise.promise();
    private long from;
    private long lastAck;
    private long sent;
    private long answered;

    private Connections(ConnectionsSpec spec, Vertx vertx) {
        this.spec = spec;
        this.vertx = vertx;
        client = vertx.createNetClient();
        for (int partition = 0; partition < spec.partitions(); partition++) {
            frames.add(new ProduceFrame(spec.topic(), partition, spec.recordBytes(), System.currentTimeMillis()));
        }
    }

    /** The argument that stands for a spec. */
    public static String argument(ConnectionsSpec spec) throws IOException {
        return MAPPER.writeValueAsString(spec);
    }

    /** Reads the last line that the process printed. @throws IOException when it is no report */
    public static ConnectionsReport parse(String line) throws IOException {
        return MAPPER.readValue(line, ConnectionsReport.class);
    }

    public static void main(String[] arguments) throws Exception {
        ConnectionsSpec spec = MAPPER.readValue(arguments[0], ConnectionsSpec.class);
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Promise<ConnectionsReport> report = Promise.promise();
        vertx.runOnContext(start -> new Connections(spec, vertx).run().onComplete(report));
        report.future().onComplete(done -> {
            if (done.failed()) {
                done.cause().printStackTrace();
            }
            System.exit(done.failed() ? 1 : 0);
        });
    }

    private Future<ConnectionsReport> run() {
        long start = System.nanoTime();
        List<Future<?>> lanes = new ArrayList<>();
        for (int i = 0; i < OPENING_MAX; i++) {
            lanes.add(open(i));
        }
        return Future.all(lanes)
                .compose(open -> {
                    System.out.println("ready " + (System.nanoTime() - start) / 1e9);
                    return vertx.executeBlocking(() ->
                            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine());
                })
                .compose(go -> send())
                .map(done -> report());
    }

    /** Opens every {@link #OPENING_MAX}-th connection, one after the other. */
    private Future<Void> open(int index) {
        if (index >= spec.connections()) {
            return Future.succeededFuture();
        }
        return client.connect(spec.port(), HOST).compose(this::greet).compose(greeted -> open(index + OPENING_MAX));
    }

    private Future<Void> greet(NetSocket socket) {
        ChannelHandlerContext channel = ((NetSocketInternal) socket).channelHandlerContext();
        LoadConnection connection = new LoadConnection(channel, this::onAck, ended::tryFail);
        channel.pipeline()
                .addBefore(
                        channel.name(),
                        "frames",
                        new LengthFieldBasedFrameDecoder(FRAME_BYTES_MAX, 0, Integer.BYTES, 0, Integer.BYTES))
                .addBefore(channel.name(), "load", connection);
        connections.add(connection);
        return connection.greet();
    }

    /** Completes when the last request is answered, or fails with the first that was not. */
    private Future<Void> send() {
        long start = System.nanoTime();
        from = start + (long) (spec.warmUpSeconds() * 1e9);
        long end = from + (long) (spec.seconds() * 1e9);
        double interval = 1e9 / spec.requestsPerSecond();
        vertx.setPeriodic(1, timer -> {
            long now = System.nanoTime();
            for (long intended = start + (long) (sent * interval);
                    intended - now <= 0 && intended - end < 0;
                    intended = start + (long) (sent * interval)) {
                int turn = (int) (sent++ % connections.size());
                connections.get(turn).send(frames.get(turn % frames.size()), intended);
            }
            if (start + (long) (sent * interval) - end >= 0) {
                vertx.cancelTimer(timer);
                completeWhenAnswered(end);
            }
        });
        return ended.future();
    }

    private void completeWhenAnswered(long end) {
        vertx.setPeriodic(10, timer -> {
            if (answered == sent) {
                lastAck = Math.max(lastAck, end);
                vertx.cancelTimer(timer);
                ended.tryComplete();
            }
        });
    }

    private void onAck(long intended) {
        answered++;
        if (intended - from >= 0) {
            lastAck = System.nanoTime();
            Latency.record(acks, lastAck - intended);
        }
    }

    private ConnectionsReport report() {
        ConnectionsReport report =
                new ConnectionsReport(sent, acks.getTotalCount() * 1e9 / (lastAck - from), Latency.of(acks));
        try {
            System.out.println(MAPPER.writeValueAsString(report));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the report has no JSON", e);
        }
        return report;
    }
}
