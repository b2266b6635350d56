package io.millrace.perf.nullbroker;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;

/** The connections of one event loop. Instances share the port and take turns with new connections. */
final class NullListener extends VerticleBase {
    private static final String HOST = "127.0.0.1";
    private static final int BACKLOG = 1024;
    private static final int FRAME_BYTES_MAX = 100 << 20;

    private final NullTopics topics;
    private final int port;

    NullListener(NullTopics topics, int port) {
        this.topics = topics;
        this.port = port;
    }

    @Override
    public Future<?> start() {
        return vertx.createNetServer(new NetServerOptions().setTcpNoDelay(true).setAcceptBacklog(BACKLOG))
                .connectHandler(this::accept)
                .listen(port, HOST);
    }

    private void accept(NetSocket socket) {
        ChannelHandlerContext channel = ((NetSocketInternal) socket).channelHandlerContext();
        LengthFieldBasedFrameDecoder frames =
                new LengthFieldBasedFrameDecoder(FRAME_BYTES_MAX, 0, Integer.BYTES, 0, Integer.BYTES);
        frames.setCumulator(
                LengthFieldBasedFrameDecoder.COMPOSITE_CUMULATOR); // a large request is never copied together
        channel.pipeline().addBefore(channel.name(), "frames", frames);
        channel.pipeline()
                .addBefore(channel.name(), "answers", new NullConnection(new NullAnswers(topics, HOST, port)));
    }
}
