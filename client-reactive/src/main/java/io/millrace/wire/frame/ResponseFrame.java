package io.millrace.wire.frame;

import io.millrace.wire.ApiKey;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.WireException;
import io.millrace.wire.WireFrame;
import io.millrace.wire.WireLimits;
import io.millrace.wire.WireReader;
import io.millrace.wire.message.ResponseHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * A response with its header. A response does not say what it answers: whoever reads it knows the request by the order
 * on the connection.
 *
 * @param response its buffers are slices of the frame that it was read from, and live as long as that
 */
public record ResponseFrame(ResponseHeader header, ApiMessage response) {

    /**
     * Reads a frame without its length.
     *
     * @param version of the request that is answered
     * @throws WireException if the bytes are no such response
     */
    public static ResponseFrame decode(ByteBuf frame, ApiKey key, short version, WireLimits limits) {
        WireReader in = new WireReader(frame, limits);
        ResponseHeader header = new ResponseHeader(in, key.responseHeaderVersion(version));
        ApiMessage response = key.newResponse();
        response.read(in, version);
        return new ResponseFrame(header, response);
    }

    /**
     * Writes a frame with its length.
     *
     * @throws WireException if the version cannot carry the response, whose records are released then
     */
    public static WireFrame encode(ByteBufAllocator allocator, int correlationId, ApiMessage response, short version) {
        short headerVersion = response.apiKey().responseHeaderVersion(version);
        return Frames.encode(
                allocator, new ResponseHeader().correlationId(correlationId), headerVersion, response, version);
    }
}
