package io.millrace.broker.cost;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FileRegion;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.internal.VertxBootstrap;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/** The sockets and event loops that Vert.x has by default, with every call and every task counted. */
final class CountedTransport extends NioTransport {

    private final Tally tally;

    private CountedTransport(Tally tally) {
        this.tally = tally;
    }

    static Vertx vertx(Tally tally) {
        VertxBootstrap bootstrap = VertxBootstrap.create();
        bootstrap.options(new VertxOptions());
        bootstrap.transport(new CountedTransport(tally));
        return bootstrap.init().vertx();
    }

    @Override
    public EventLoopGroup eventLoopGroup(int type, int threads, ThreadFactory factory, int ioRatio) {
        return type != IO_EVENT_LOOP_GROUP
                ? super.eventLoopGroup(type, threads, factory, ioRatio)
                : new MultiThreadIoEventLoopGroup(threads, factory, ioHandlerFactory()) {
                    @Override
                    protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... more) {
                        return new Loop(this, executor, handlers, CountedTransport.this.tally);
                    }
                };
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        return () -> new ServerSocket(tally);
    }

    private static final class Loop extends SingleThreadIoEventLoop {
        private final Tally tally;

        Loop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory handlers, Tally tally) {
            super(parent, executor, handlers);
            this.tally = tally;
        }

        @Override
        public void execute(Runnable task) {
            tally.count(inEventLoop() ? Measure.OWN_LOOP_TASKS : Measure.LOOP_TASKS);
            super.execute(task);
        }
    }

    private static final class ServerSocket extends NioServerSocketChannel {
        private final Tally tally;

        ServerSocket(Tally tally) {
            this.tally = tally;
        }

        @Override
        protected int doReadMessages(List<Object> accepted) throws Exception {
            SocketChannel socket = javaChannel().accept();
            if (socket == null) {
                return 0;
            }
            accepted.add(new Socket(this, socket, tally));
            return 1;
        }
    }

    private static final class Socket extends NioSocketChannel {
        private final Tally tally;
        private int runs;
        private boolean insideRun;

        Socket(Channel parent, SocketChannel socket, Tally tally) {
            super(parent, socket);
            this.tally = tally;
        }

        @Override
        protected int doReadBytes(ByteBuf target) throws Exception {
            tally.count(Measure.SOCKET_READS);
            return super.doReadBytes(target);
        }

        /** Netty writes buffers that follow each other with one call; of a region each call is seen below. */
        @Override
        protected void doWrite(ChannelOutboundBuffer flushed) throws Exception {
            tally.count(Measure.FLUSHES);
            // Before the client can have the answer, and look.
            tally.count(Measure.SOCKET_WRITES, runsOfBuffers(flushed));
            super.doWrite(flushed);
            tally.count(Measure.SOCKET_WRITES, -runsOfBuffers(flushed));
        }

        private int runsOfBuffers(ChannelOutboundBuffer flushed) throws Exception {
            runs = 0;
            insideRun = false;
            flushed.forEachFlushedMessage(message -> {
                boolean isBuffer = message instanceof ByteBuf;
                runs += isBuffer && !insideRun ? 1 : 0;
                insideRun = isBuffer;
                return true;
            });
            return runs;
        }

        @Override
        protected long doWriteFileRegion(FileRegion region) throws Exception {
            tally.count(Measure.SOCKET_WRITES);
            return super.doWriteFileRegion(region);
        }
    }
}
