import composer from './composer.json'
import delivery from './delivery.json'
import inbox from './inbox.json'
import login from './login.json'
import refusals from './refusals.json'
import shell from './shell.json'
import thread from './thread.json'

export default { shell, login, inbox, thread, composer, delivery, refusals }
