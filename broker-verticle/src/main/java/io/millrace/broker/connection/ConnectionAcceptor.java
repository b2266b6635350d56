package io.millrace.broker.connection;

import io.millrace.broker.dispatch.ConnectionInfo;
import io.millrace.broker.dispatch.Dispatcher;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the sockets that one event loop accepts into {@link Connection}s. Owned by: that event loop. */
public final class ConnectionAcceptor {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionAcceptor.class);
    private static final QuietLog QUIET = new QuietLog(LOG);
    private static final AtomicLong IDS = new AtomicLong();

    private final Context context;
    private final String listener;
    private final ConnectionSettings settings;
    private final ConnectionLimits limits;
    private final MemoryBudget memory;
    private final WorkerExecutor readers;
    private final Dispatcher dispatcher;
    private final ConnectionLoop loop;

    /**
     * @param context of the verticle that listens
     * @param listener the listener's name, such as {@code PLAINTEXT}
     * @param limits shared by all acceptors of the broker, as is {@code memory}
     * @param readers threads that may wait for a disk, shared as well
     */
    public ConnectionAcceptor(
            Context context,
            String listener,
            ConnectionSettings settings,
            ConnectionLimits limits,
            MemoryBudget memory,
            WorkerExecutor readers,
            Dispatcher dispatcher) {
        this.context = context;
        this.listener = listener;
        this.settings = settings;
        this.limits = limits;
        this.memory = memory;
        this.readers = readers;
        this.dispatcher = dispatcher;
        loop = new ConnectionLoop(((ContextInternal) context).nettyEventLoop());
    }

    /** Takes over a socket that was just accepted. */
    public void accept(NetSocket socket) {
        ChannelHandlerContext channel = ((NetSocketInternal) socket).channelHandlerContext();
        if (loop.isDraining()) {
            channel.channel().close();
            return;
        }
        InetAddress address = ((InetSocketAddress) channel.channel().remoteAddress()).getAddress();
        if (!limits.tryAdmit(address)) {
            QUIET.warn("refused a connection from {}: too many are open ({})", socket.remoteAddress(), limits.count());
            channel.channel().close();
            return;
        }
        ConnectionInfo info =
                new ConnectionInfo(IDS.incrementAndGet(), socket.remoteAddress(), socket.localAddress(), listener);
        Connection connection = new Connection(
                loop, settings, memory, readers, dispatcher, info, context, channel, () -> limits.release(address));
        ChannelConfig config = channel.channel().config();
        config.setRecvByteBufAllocator(new FrameAllocator(connection, config.getRecvByteBufAllocator()));
        channel.pipeline().addBefore(channel.name(), "millrace", new FrameHandler(connection));
    }

    /**
     * Takes no more connections, starts no more requests, and closes each connection when its requests are answered, at the
     * latest after so long. Completes on the event loop when all are closed.
     */
    public Future<Void> stop(long answerMs) {
        return loop.drain(answerMs);
    }
}
