/** The consumer without sockets, against naive models. */
@NullMarked
package io.millrace.client.consumer;

import org.jspecify.annotations.NullMarked;
