package io.millrace.perf.nullbroker;

import io.millrace.wire.ApiMessage;
import io.millrace.wire.WireException;
import io.millrace.wire.WireLimits;
import io.millrace.wire.frame.RequestFrame;
import io.millrace.wire.frame.ResponseFrame;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Answers the requests of one connection as they come. Owned by its event loop. */
final class NullConnection extends ChannelInboundHandlerAdapter {
    private final NullAnswers answers;

    NullConnection(NullAnswers answers) {
        this.answers = answers;
    }

    @Override
    public void channelRead(ChannelHandlerContext channel, Object message) {
        ByteBuf frame = (ByteBuf) message;
        try {
            RequestFrame request = RequestFrame.decode(frame, WireLimits.DEFAULT);
            ApiMessage response = answers.to(request);
            if (response != null) {
                ResponseFrame.encode(channel.alloc(), request.header().correlationId(), response, request.version())
                        .parts()
                        .forEach(part -> channel.write(part, channel.voidPromise()));
            }
        } catch (WireException e) {
            channel.close(); // the client reports a connection that was closed, and with that the measurement fails
        } finally {
            frame.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext channel) {
        channel.flush();
        channel.fireChannelReadComplete();
    }
}
