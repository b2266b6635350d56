package io.millrace.perf.load;

import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.WireLimits;
import io.millrace.wire.frame.RequestFrame;
import io.millrace.wire.frame.ResponseFrame;
import io.millrace.wire.message.ApiVersionsRequest;
import io.millrace.wire.message.ProduceResponse;
import io.millrace.wire.message.RequestHeader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** One of many connections. Answers come in the order of requests. Owned by its event loop. */
final class LoadConnection extends ChannelInboundHandlerAdapter {
    private final ChannelHandlerContext channel;
    private final LongConsumer onAck;
    private final Consumer<Throwable> onFailure;
    private final Promise<Void> greeted = Promise.promise();
    private final Queue<Long> unanswered = new ArrayDeque<>();
    private int correlationId;

    /**
     * @param onAck is told when the request should have been sent
     * @param onFailure is told what made the connection useless
     */
    LoadConnection(ChannelHandlerContext channel, LongConsumer onAck, Consumer<Throwable> onFailure) {
        this.channel = channel;
        this.onAck = onAck;
        this.onFailure = onFailure;
    }

    /** Asks for versions, as every client does first. Completes with the answer. */
    Future<Void> greet() {
        RequestHeader header = new RequestHeader().clientId("perf");
        RequestFrame.encode(channel.alloc(), header, new ApiVersionsRequest(), (short) 0)
                .parts()
                .forEach(channel::write);
        channel.flush();
        return greeted.future();
    }

    void send(ProduceFrame frame, long intendedNanos) {
        unanswered.add(intendedNanos);
        channel.writeAndFlush(frame.with(++correlationId));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf answer = (ByteBuf) message;
        try {
            if (!greeted.tryComplete()) {
                check(answer);
                onAck.accept(unanswered.remove());
            }
        } catch (IOException | RuntimeException e) {
            onFailure.accept(e);
        } finally {
            answer.release();
        }
    }

    private static void check(ByteBuf answer) throws IOException {
        ResponseFrame frame = ResponseFrame.decode(answer, ApiKey.PRODUCE, ProduceFrame.VERSION, WireLimits.DEFAULT);
        short error = ((ProduceResponse) frame.response())
                .responses()
                .get(0)
                .partitionResponses()
                .get(0)
                .errorCode();
        if (error != ErrorCode.NONE.code()) {
            throw new IOException("the broker refused a record with error " + error);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        IOException closed = new IOException("the broker closed a connection");
        greeted.tryFail(closed);
        onFailure.accept(closed);
        context.fireChannelInactive();
    }
}
