package io.millrace.broker;

import io.millrace.broker.connection.ConnectionAcceptor;
import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.ApiRegistry;
import io.millrace.broker.dispatch.Dispatcher;
import io.millrace.broker.fetch.FetchHandler;
import io.millrace.broker.fetch.FetchLoop;
import io.millrace.broker.group.GroupLoop;
import io.millrace.broker.handler.ApiVersionsHandler;
import io.millrace.broker.handler.LeaderHints;
import io.millrace.broker.produce.ProduceHandler;
import io.millrace.broker.runtime.DelayWheel;
import io.millrace.broker.runtime.LoopInbox;
import io.millrace.wire.WireLimits;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The connections of one event loop. There is one instance for each loop, and they share the listening sockets. */
final class ListenerVerticle extends VerticleBase {

    /**
     * How long a stop waits for requests to be answered: what fits into the rings, on a slow disk. Together with the flush
     * it must stay within what a process is given to end.
     */
    private static final long ANSWER_MS_MAX = 10_000;

    private final BrokerServices services;
    private final List<ConnectionAcceptor> acceptors = new ArrayList<>();
    private ApiRegistry registry = new ApiRegistry(List.of());
    private @Nullable DelayWheel wheel;
    private @Nullable GroupLoop groups;

    ListenerVerticle(BrokerServices services) {
        this.services = services;
    }

    @Override
    public Future<?> start() {
        EventLoop eventLoop = ((ContextInternal) context).nettyEventLoop();
        wheel = new DelayWheel(eventLoop);
        groups = new GroupLoop(eventLoop);
        services.groups().addLoop(groups);
        LeaderHints hints = new LeaderHints(services.storage().metadata());
        registry = registry(new FetchLoop(wheel, new LoopInbox(eventLoop), services.workers(), hints));
        Dispatcher dispatcher = new Dispatcher(registry, WireLimits.DEFAULT);
        List<Future<?>> listening = new ArrayList<>();
        for (BoundListener listener : services.listeners()) {
            listening.add(listen(listener, dispatcher));
        }
        return Future.all(listening);
    }

    /**
     * Answers what has started; the rings, which that needs, are closed later by the verticle that deployed this one. What
     * waits for a group is answered by its shard, which may belong to another loop: so the first loop to stop ends them all.
     */
    @Override
    public Future<?> stop() {
        services.groups().close();
        List<Future<Void>> stopped =
                acceptors.stream().map(each -> each.stop(ANSWER_MS_MAX)).toList();
        if (wheel != null) {
            wheel.expireAll();
        }
        return Future.all(stopped).onComplete(done -> closeTimers());
    }

    private void closeTimers() {
        if (wheel != null) {
            wheel.close();
        }
        if (groups != null) {
            groups.close();
        }
    }

    private ApiRegistry registry(FetchLoop loop) {
        BrokerConfig config = services.config();
        List<ApiHandler<?, ?>> handlers = new ArrayList<>(services.sharedHandlers());
        handlers.add(new ApiVersionsHandler(() -> registry));
        handlers.add(new FetchHandler(
                loop,
                services.storage().partitions(),
                services.loops(),
                config.maxFetchSessions(),
                config.fetchMaxBytes()));
        handlers.add(new ProduceHandler(
                services.storage().partitions(), services.workers(), loop.hints(), Clock.systemUTC()));
        return new ApiRegistry(handlers);
    }

    private Future<NetServer> listen(BoundListener listener, Dispatcher dispatcher) {
        ConnectionAcceptor acceptor = new ConnectionAcceptor(
                context,
                listener.name(),
                services.connectionSettings(),
                services.limits(),
                services.memory(),
                services.workers(),
                dispatcher);
        acceptors.add(acceptor);
        return vertx.createNetServer(options())
                .connectHandler(acceptor::accept)
                .listen(listener.sharedPort(), listener.bindHost())
                .map(server -> {
                    listener.bound(server.actualPort());
                    return server;
                });
    }

    private NetServerOptions options() {
        BrokerConfig config = services.config();
        NetServerOptions options = new NetServerOptions()
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                .setReuseAddress(true)
                .setAcceptBacklog(config.socketListenBacklog());
        if (config.socketSendBufferBytes() > 0) {
            options.setSendBufferSize(config.socketSendBufferBytes());
        }
        return options;
    }
}
