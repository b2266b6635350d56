/** What the tests of several packages share. */
@NullMarked
package io.millrace.broker.testing;

import org.jspecify.annotations.NullMarked;
