package io.millrace.wire;

/** The body of a request or of a response. */
public interface ApiMessage extends WireMessage {

    /** The API that the message belongs to. */
    ApiKey apiKey();
}
