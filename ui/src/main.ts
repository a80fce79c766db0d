import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import { mount } from 'svelte';
import { App } from './app/app.svelte';
import './app/base.css';
import Root from './app/Root.svelte';
import './app/tokens.css';
import { chooseHost } from './host/choose';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
const app = new App(await chooseHost());
mount(Root, { target, props: { app } });
